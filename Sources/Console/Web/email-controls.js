// The controls of the properties panel, one for each kind of value.

import {t} from './texts.js';
import {field, h, icon} from './email-dom.js';
import {hexColour, readPadding, writePadding} from './email-properties.js';
import {linkTarget, tokenGroups} from './email-tokens.js';

/** Where a control reads and writes: the style and the attributes of a component. */
export class Target {
  constructor(component) { this.component = component; }

  style(name) { return this.component.getStyle()[name] ?? ''; }

  attribute(name) { return this.component.getAttributes()[name] ?? ''; }

  /** Changes a style; empty values are taken out. */
  restyle(changes) {
    const style = {...this.component.getStyle(), ...changes};
    this.component.setStyle(Object.fromEntries(Object.entries(style).filter(([, value]) => value !== '')));
  }

  /** Sets an attribute; an empty value takes it out, but an empty description says that a picture is decoration. */
  attributes(changes) {
    for (const [name, value] of Object.entries(changes)) {
      if (value === '' && name !== 'alt') this.component.removeAttributes(name);
      else this.component.addAttributes({[name]: value});
    }
  }

  /** Writes a value as style and as attribute. */
  write(property, style, attribute = style) {
    if (property.style) this.restyle({[property.style]: style});
    if (property.attribute) this.attributes({[property.attribute]: attribute});
  }
}

/** A group of controls with a name of its own. */
function group(label, ...children) {
  return h('fieldset', {class: 'field'}, h('legend', {class: 'label'}, label), ...children);
}

function colour(property, target) {
  const now = hexColour(target.style(property.style) || (property.attribute ? target.attribute(property.attribute) : ''));
  const clear = h('button', {
    type: 'button', class: 'button small', disabled: now === '', 'aria-label': t('{label}: none', {label: property.label}),
    onclick: () => {
      target.write(property, '');
      code.value = '';
      clear.disabled = true;
    },
  }, t('None'));
  const set = (value) => {
    target.write(property, value);
    clear.disabled = false;
    picker.value = value;
    code.value = value;
  };
  const picker = h('input', {type: 'color', class: 'swatch', value: now || '#ffffff', 'aria-label': property.label, oninput: (event) => set(event.target.value)});
  const code = h('input', {
    class: 'input mono', value: now, placeholder: t('None'), spellcheck: 'false', 'aria-label': t('{label} as a code', {label: property.label}),
    onchange: () => {
      if (code.value.trim() === '') {
        clear.click();
        return;
      }
      const hex = hexColour(code.value.trim().replace(/^(?=[0-9a-f]{3}([0-9a-f]{3})?$)/i, '#'));
      if (hex) set(hex);
      else code.value = hexColour(target.style(property.style));
    },
  });
  return group(property.label, h('div', {class: 'colour'}, picker, code, clear));
}

function number(property, target, unit) {
  const now = parseFloat(target.style(property.style) || (property.attribute ? target.attribute(property.attribute) : ''));
  const minimum = property.minimum ?? 0;
  const maximum = property.maximum ?? 100;
  const input = h('input', {
    type: 'number', class: 'input', min: minimum, max: maximum, value: Number.isFinite(now) ? String(Math.round(now)) : '',
    onchange: () => {
      if (input.value === '') return target.write(property, '');
      const value = Math.min(Math.max(Math.round(Number(input.value)) || minimum, minimum), maximum);
      input.value = String(value);
      return target.write(property, `${value}${unit}`, unit === 'px' ? String(value) : `${value}${unit}`);
    },
  });
  return field(`${property.label} (${unit})`, input);
}

function choice(property, target) {
  const now = target.style(property.style);
  const same = (value) => value.replace(/[\s"']/g, '').toLowerCase();
  const options = property.options.some(([value]) => same(value) === same(now)) ? property.options
    : [[now, now === '' ? t('As around it') : now.split(',')[0]], ...property.options];
  const select = h('select', {class: 'input', onchange: () => target.write(property, select.value)},
    options.map(([value, label]) => h('option', {value, selected: same(value) === same(now)}, label)));
  return field(property.label, select);
}

function align(property, target) {
  const now = target.style(property.style) || (property.attribute ? target.attribute(property.attribute) : '');
  const sides = [['left', t('Left')], ['center', t('Centre')], ['right', t('Right')]];
  const buttons = sides.map(([side, label]) => h('button', {
    type: 'button', class: 'button icon small', 'aria-label': label, title: label, 'aria-pressed': String(now === side),
    onclick: () => {
      target.write(property, side);
      buttons.forEach((button, index) => button.setAttribute('aria-pressed', String(sides[index][0] === side)));
    },
  }, icon(side)));
  return group(property.label, h('div', {class: 'choice-row'}, buttons));
}

function padding(property, target) {
  const names = {top: t('Top'), right: t('Right'), bottom: t('Bottom'), left: t('Left')};
  const inputs = Object.entries(names).map(([side, label]) => h('label', {class: 'side'}, h('input', {
    type: 'number', class: 'input', min: 0, max: 200, value: String(readPadding(target.component.getStyle())[side]),
    onchange: (event) => target.restyle(writePadding(target.component.getStyle(), side, Number(event.target.value))),
  }), h('span', {}, label)));
  return group(`${property.label} (px)`, h('div', {class: 'sides'}, inputs));
}

/**
 * A button that opens a list of tokens.
 *
 * @param {object} known What there is on this installation.
 * @param {boolean} isLink Whether the token is for the target of a link.
 * @param {(token: {label: string, token: string, alias?: string, format?: string}) => void} chosen Is told the choice.
 */
export function tokenSelect(known, isLink, chosen) {
  const groups = tokenGroups(known, isLink);
  const all = groups.flatMap(({items}) => items);
  let index = 0;
  const select = h('select', {
    class: 'input', onchange: () => {
      const item = all[Number(select.value)];
      select.value = '';
      if (item) chosen(item);
    },
  }, h('option', {value: ''}, t('Choose…')), groups.map(({label, items}) => h('optgroup', {label}, items.map((item) => {
    const option = h('option', {value: String(index)}, item.label);
    index += 1;
    return option;
  }))));
  return select;
}

function link(property, target, known) {
  const input = h('input', {
    class: 'input', type: 'text', inputmode: 'url', value: target.attribute(property.attribute), placeholder: 'https://',
    onchange: () => {
      input.value = linkTarget(input.value);
      target.attributes({[property.attribute]: input.value});
    },
  });
  const select = tokenSelect(known, true, ({token}) => {
    input.value = token;
    target.attributes({[property.attribute]: token});
  });
  return [field(property.label, input), field(t('Or a page, an asset, a token'), select)];
}

function image(property, target, known) {
  const now = target.attribute(property.attribute);
  const set = (url) => {
    target.attributes({[property.attribute]: url});
    input.value = url;
    pictures.forEach((button) => button.setAttribute('aria-pressed', String(button.dataset.url === url)));
  };
  const input = h('input', {
    class: 'input', inputmode: 'url', value: now.startsWith('data:') ? '' : now, placeholder: 'https://',
    onchange: () => { if (input.value.trim()) set(linkTarget(input.value)); },
  });
  const pictures = (known.images ?? []).map(({url, name}) => h('button', {
    type: 'button', class: 'picture', 'data-url': url, title: name, 'aria-label': name, 'aria-pressed': String(url === now), onclick: () => set(url),
  }, h('img', {src: url, alt: '', loading: 'lazy'})));
  const upload = known.upload && h('label', {class: 'button small upload'}, t('Upload a picture'), h('input', {
    type: 'file', accept: 'image/png,image/jpeg,image/gif,image/webp', class: 'sr-only',
    onchange: async (event) => {
      const [file] = event.target.files;
      if (!file) return;
      message.textContent = t('Uploading…');
      const answer = await known.upload(file);
      message.textContent = answer.error ?? '';
      if (answer.url) set(answer.url);
    },
  }));
  const message = h('p', {class: 'hint', role: 'status'});
  return [field(t('Address of the picture'), input), upload, message, pictures.length > 0 && group(t('Pictures'), h('div', {class: 'pictures'}, pictures))];
}

function text(property, target) {
  const input = h('input', {class: 'input', value: target.attribute(property.attribute), oninput: () => target.attributes({[property.attribute]: input.value})});
  return field(property.label, input, property.hint);
}

function dynamic(property, target, known, replace) {
  const names = known.dynamic ?? [];
  const id = 'dynamic-names';
  const input = h('input', {class: 'input', value: known.currentDynamic ?? '', list: id, onchange: () => { if (input.value.trim()) replace(input.value); }});
  return [field(t('Name of the content'), input, t('What it shows, and to whom, is set in the e-mail.')),
    h('datalist', {id}, names.map((name) => h('option', {value: name})))];
}

/** Makes the control of a property. */
export function control(property, target, known, actions) {
  switch (property.kind) {
    case 'colour': return colour(property, target);
    case 'pixels': return number(property, target, 'px');
    case 'percent': return number(property, target, '%');
    case 'choice': return choice(property, target);
    case 'align': return align(property, target);
    case 'padding': return padding(property, target);
    case 'link': return link(property, target, known);
    case 'image': return image(property, target, known);
    case 'text': return text(property, target);
    case 'dynamic': return dynamic(property, target, known, actions.dynamic);
    case 'level': {
      const select = h('select', {class: 'input', onchange: () => target.component.set('tagName', select.value)},
        ['h1', 'h2', 'h3', 'h4'].map((tag, at) => h('option', {value: tag, selected: target.component.get('tagName') === tag}, t('Heading {level}', {level: at + 1}))));
      return field(property.label, select);
    }
    case 'wrap-link':
      return h('button', {type: 'button', class: 'button small', onclick: actions.wrap}, t('Add a link'));
    default: return null;
  }
}

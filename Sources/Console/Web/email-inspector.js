// The properties of what is selected: of the element itself, of the block around it, and of its section.

import {t} from './texts.js';
import {control, Target, tokenSelect} from './email-controls.js';
import {field, h, icon} from './email-dom.js';
import {contentOf, hasClass, tagOf, withParents} from './email-editor.js';
import {kindLabel, kindOf} from './email-outline.js';
import {contrast, propertiesOf} from './email-properties.js';
import {dynamicName, dynamicToken, fieldToken} from './email-tokens.js';

function propertiesOfComponent(component) {
  const parent = component.parent();
  return propertiesOf({tag: tagOf(component), classes: component.getClasses(), parentTag: parent && tagOf(parent)});
}

/** The cell of a table with one row, whose space and background a block has. */
function cellOf(table) {
  return table.find('td')[0];
}

function isText(component) {
  return ['text', 'ml-text', 'ml-heading', 'link'].includes(component.get('type'));
}

/** What can be set, in groups, the innermost first. */
function groupsOf(component) {
  const groups = [];
  const line = withParents(component);
  const block = line.find((part) => hasClass(part, 'ml-block'));
  const own = propertiesOfComponent(component);
  const isFrame = hasClass(component, 'ml-section') || hasClass(component, 'ml-columns') || hasClass(component, 'ml-block');
  if (!isFrame && own.length > 0) groups.push({label: t('Content'), component, properties: own});
  if (isText(component)) {
    for (const link of component.find('a')) {
      const properties = propertiesOfComponent(link).filter(({kind, style}) => kind === 'link' || style === 'color');
      groups.push({label: t('Link: {text}', {text: link.getEl()?.textContent.trim() || '…'}), component: link, properties});
    }
  }
  const button = line.find((part) => hasClass(part, 'ml-button'));
  if (button) {
    const face = cellOf(button);
    groups.push({label: t('Button'), component: face, properties: propertiesOfComponent(face).filter(({kind}) => kind === 'colour')});
  }
  const anchor = component.parent();
  if (tagOf(component) === 'img' && anchor && tagOf(anchor) === 'a') {
    groups.push({label: t('Link'), component: anchor, properties: propertiesOfComponent(anchor).filter(({kind}) => kind === 'link')});
  }
  if (block) {
    const cell = cellOf(block);
    if (hasClass(block, 'ml-spacer')) groups.push({label: t('Spacer'), component: cell, properties: [{kind: 'pixels', label: t('Height'), style: 'height', attribute: 'height', minimum: 4, maximum: 200}]});
    else if (cell !== component) groups.push({label: t('Block'), component: cell, properties: propertiesOfComponent(cell)});
  }
  const column = line.find((part) => hasClass(part, 'ml-col'));
  if (column && column !== component) groups.push({label: t('Column'), component: column, properties: propertiesOfComponent(column), isClosed: true});
  const section = line.find((part) => hasClass(part, 'ml-section'));
  const middle = section?.find('.ml-cell')[0];
  if (middle) {
    const isClosed = component !== section;
    groups.push({label: t('Section'), component: middle, properties: propertiesOfComponent(middle).filter(({kind}) => kind !== 'align'), isClosed});
    groups.push({label: t('Band behind the section'), component: cellOf(section), properties: propertiesOfComponent(cellOf(section)).filter(({kind}) => kind === 'colour'), isClosed});
  }
  return groups;
}

/** The properties panel. */
export class Inspector {
  #editor;
  #known;
  #shown;

  /** @param {() => object} known What there is on this installation. */
  constructor(editor, known) {
    this.#editor = editor;
    this.#known = known;
    this.element = h('div', {class: 'inspector'});
    editor.grapes.on('component:selected component:deselected', () => this.draw());
    editor.grapes.on('component:remove', (component) => { if (component === this.#shown) this.draw(); });
    // Links may have come into the text. What has the focus here keeps it.
    editor.grapes.on('rte:disable', () => { if (!this.element.contains(document.activeElement)) setTimeout(() => this.draw(), 50); });
  }

  draw() {
    const component = this.#editor.selected;
    this.#shown = component;
    this.element.replaceChildren(...(component ? this.#forComponent(component) : this.#forBody()));
  }

  #forBody() {
    const known = this.#known();
    const target = new Target(this.#editor.wrapper);
    const background = control({kind: 'colour', label: t('Background of the page'), style: 'background-color'}, target, known, {});
    return [h('h2', {class: 'panel-title'}, t('Whole e-mail')), background,
      h('p', {class: 'hint'}, t('Select a part of the e-mail to change it.'))];
  }

  #forComponent(component) {
    const known = {...this.#known(), currentDynamic: dynamicName(component.getEl()?.innerHTML ?? '')};
    const actions = {
      dynamic: (name) => component.components(dynamicToken(name)),
      wrap: () => {
        const [anchor] = component.replaceWith('<a href="https://" target="_blank" style="display:block;"></a>');
        anchor.append(component);
        this.#editor.select(contentOf(anchor.find('img')[0] ?? anchor));
        this.draw();
      },
    };
    const groups = groupsOf(component).map(({label, component: part, properties, isClosed}) => h('details', {
      class: 'properties', open: !isClosed,
    }, h('summary', {}, label), h('div', {class: 'properties-body'}, properties.map((property) => control(property, new Target(part), known, actions)))));
    return [this.#path(component), this.#buttons(component), ...this.#tokens(component, known), this.#contrastNote(component), ...groups].filter(Boolean);
  }

  /** Where the component stands; each part around it can be selected. */
  #path(component) {
    const parts = withParents(component).map((part) => ({part, kind: kindOf(part)})).filter(({kind}) => kind).reverse();
    return h('nav', {'aria-label': t('Place in the e-mail')}, h('ol', {class: 'path'}, parts.map(({part, kind}, index) => h('li', {}, h('button', {
      type: 'button', class: 'link', 'aria-current': index === parts.length - 1 ? 'true' : null, onclick: () => this.#editor.select(part),
    }, kindLabel(kind))))));
  }

  #buttons(component) {
    const act = (name, label, run, extra = '') => h('button', {type: 'button', class: `button icon small ${extra}`, title: label, 'aria-label': label, onclick: run}, icon(name));
    return h('div', {class: 'acts'},
      isText(component) && h('button', {type: 'button', class: 'button small', onclick: () => this.#editor.edit(component)}, icon('edit'), t('Edit text')),
      h('span', {class: 'acts-rest'},
        act('up', t('Move up'), () => this.#editor.move(component, -1)), act('down', t('Move down'), () => this.#editor.move(component, 1)),
        act('copy', t('Duplicate'), () => this.#editor.duplicate(component)), act('trash', t('Delete'), () => this.#editor.remove(component), 'danger')));
  }

  /** Tokens for a text, with what stands there where a contact has no value. */
  #tokens(component, known) {
    if (!isText(component)) return [];
    const fallback = h('input', {class: 'input', placeholder: t('for example: friend')});
    const select = tokenSelect(known, false, (item) => {
      const token = item.alias ? fieldToken(item.alias, fallback.value, item.format) : item.token;
      this.#editor.insertToken(component, token);
    });
    // The text keeps its caret while the mouse is on its way to the list.
    return [h('details', {class: 'properties', open: true}, h('summary', {}, t('Insert a token')),
      h('div', {class: 'properties-body'}, field(t('If there is no value'), fallback), field(t('Token'), select)))];
  }

  #contrastNote(component) {
    const element = component.getEl();
    const page = element?.ownerDocument.defaultView;
    if (!page || !element.textContent.trim()) return null;
    let back = element;
    const clear = (node) => ['transparent', 'rgba(0, 0, 0, 0)'].includes(page.getComputedStyle(node).backgroundColor);
    while (back.parentElement && clear(back)) back = back.parentElement;
    const ratio = contrast(page.getComputedStyle(element).color, clear(back) ? '#ffffff' : page.getComputedStyle(back).backgroundColor);
    if (ratio === null || ratio >= 4.5) return null;
    return h('p', {class: 'error', role: 'status'}, t('The text is hard to read on its background: contrast {ratio}, at least 4.5 is needed.', {ratio: ratio.toFixed(1)}));
  }
}

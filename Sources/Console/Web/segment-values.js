// The input of a filter's value, as its field and operator need it.
import {chips} from './segment-chips.js';
import {combobox} from './segment-combobox.js';
import {dateInput} from './segment-date-input.js';
import {h} from './segment-dom.js';
import {editorOf, isOpen, valuesOf} from './segment-fields.js';
import {labels, searchOf} from './segment-lookups.js';
import {t} from './texts.js';

const number = (text) => (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text.trim());
const plain = (value) => (value === null || value === undefined || typeof value === 'object' ? '' : String(value));
const isTrue = (value) => ![null, undefined, false, 0, '0', 'false', ''].includes(value);

/**
 * Makes the input of a row's value.
 *
 * @param {object} settings
 * @param {object} settings.row The row.
 * @param {object|undefined} settings.field Its field.
 * @param {string} settings.label The name of the input.
 * @param {string|null} settings.segment The segment that is edited, which its own filters cannot name.
 * @param {(members: object, key?: string|null) => void} settings.change Takes new members of the row. Changes with the
 *   same key are one step of undoing.
 * @returns {HTMLElement|null} Null if the operator takes no value.
 */
export function valueInput(settings) {
  const {row, field} = settings;
  const make = EDITORS[editorOf(field, row.operator)];
  return make ? make({...settings, key: `${row.id}-value`}) : null;
}

function text({row, label, change, key}, attributes = {}) {
  return h('input', {
    class: 'input', type: 'text', value: plain(row.value), 'aria-label': label, 'data-key': key, autocomplete: 'off',
    oninput: (event) => change({value: event.target.value}, key), ...attributes,
  });
}

function numeric(value, label, key, put) {
  return h('input', {
    class: 'input', type: 'number', step: 'any', inputmode: 'decimal', value: plain(value), 'aria-label': label,
    'data-key': key, oninput: (event) => put(number(event.target.value)),
  });
}

function range(first, second) {
  return h('div', {class: 'segment-range'}, first,
    h('div', {class: 'segment-range-end'}, h('span', {class: 'segment-unit'}, t('to')), second));
}

function ends(row) {
  const [first = '', second = ''] = Array.isArray(row.value) ? row.value : [];
  return [first ?? '', second ?? ''];
}

const EDITORS = {
  text,

  pattern: (settings) => text(settings, {placeholder: t('% stands for anything')}),

  regexp: (settings) => text(settings, {class: 'input mono', placeholder: '^[A-Z]{2}-[0-9]+$', spellcheck: 'false'}),

  number: ({row, label, change, key}) => numeric(row.value, label, key, (value) => change({value}, key)),

  numbers: ({row, label, change, key}) => {
    const both = ends(row);
    const input = (index, name) => numeric(both[index], name, `${key}-${index}`, (value) => {
      both[index] = value;
      change({value: [...both]}, `${key}-${index}`);
    });
    return range(input(0, t('{name}: from', {name: label})), input(1, t('{name}: to', {name: label})));
  },

  boolean: ({row, label, change, key}) => h('select', {
    class: 'input', 'aria-label': label, 'data-key': key, onchange: (event) => change({value: Number(event.target.value)}),
  }, h('option', {value: '1', selected: isTrue(row.value)}, t('Yes')),
  h('option', {value: '0', selected: !isTrue(row.value)}, t('No'))),

  date: ({row, field, label, change, key}) => dateInput({
    label, key, value: row.value, hasTime: field.kind === 'datetime', isEnd: false,
    change: (value, typing) => change({value}, typing),
  }),

  dates: ({row, field, label, change, key}) => {
    const both = ends(row);
    const input = (index, name) => dateInput({
      label: name, key: `${key}-${index}`, value: both[index], hasTime: field.kind === 'datetime', isEnd: true,
      change: (value, typing) => {
        both[index] = value;
        change({value: [...both]}, typing);
      },
    });
    return range(input(0, t('{name}: from', {name: label})), input(1, t('{name}: to', {name: label})));
  },

  one: ({row, field, label, segment, change, key}) => {
    const [value] = valuesOf(row.value);
    const learn = (names) => {
      const input = box.querySelector('input');
      const name = names.get(String(value));
      if (name && document.activeElement !== input) input.value = name;
    };
    const name = value === undefined ? '' : labels(field, [value], learn)(value);
    const box = combobox({
      label, key, text: name, isOpen: isOpen(field), placeholder: t('Find…'), search: searchOf(field, segment),
      choose: (item) => change({value: item.value, display: item.isTyped ? null : item.label}),
    });
    return box;
  },

  many: ({row, field, label, segment, change, key}) => {
    const values = valuesOf(row.value);
    const nameOf = labels(field, values, (names) => input.rename(names));
    const input = chips({
      label, key, isOpen: isOpen(field), search: searchOf(field, segment),
      chosen: values.map((value) => ({value, label: nameOf(value)})),
      change: (chosen) => change({value: chosen.map(({value}) => value)}),
    });
    return input.element;
  },

  words: ({row, label, change, key}) => chips({
    label, key, isOpen: true, search: null,
    chosen: valuesOf(row.value).map((value) => ({value, label: String(value)})),
    change: (chosen) => change({value: chosen.map(({value}) => value)}),
  }).element,
};

/** Makes the inputs of the further members that refine a field, such as the days within which events count. */
export function refinementInputs({row, field, change}) {
  let {extra} = row;
  const inputs = (field?.properties ?? []).map(({name, label, isNumber}) => {
    const key = `${row.id}-${name}`;
    return h('label', {class: 'segment-refinement'}, h('span', {class: 'hint'}, t(label)), h('input', {
      class: 'input', type: isNumber ? 'number' : 'text', min: isNumber ? 1 : null, value: plain(row.extra[name]),
      'data-key': key, autocomplete: 'off',
      oninput: (event) => {
        const {[name]: old, ...others} = extra;
        const value = isNumber ? number(event.target.value) : event.target.value;
        extra = value === '' ? others : {...others, [name]: value};
        change({extra}, key);
      },
    }));
  });
  return inputs.length > 0 ? h('div', {class: 'segment-refinements'}, inputs) : null;
}

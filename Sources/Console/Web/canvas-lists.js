// Inputs of properties with several lines: names and values, texts, fields with values, comparisons.

import {combobox} from './canvas-combobox.js';
import {comparisons} from './canvas-conditions.js';
import {dateShift} from './canvas-shift.js';
import {h, iconButton} from './canvas-dom.js';
import {t} from './texts.js';

/**
 * Makes lines that can be added and removed.
 *
 * @param {Array} items What the lines are about.
 * @param {(item, change: (item) => void, place: number) => Element[]} draw Makes the inputs of a line.
 */
function lines(items, empty, addLabel, draw, onChange) {
  const root = h('div', {class: 'cc-lines'});
  let list = [...items];
  const update = (place, item) => {
    list[place] = item;
    onChange(list);
  };
  const show = (focus) => {
    root.replaceChildren(...list.map((item, place) => h('div', {class: 'cc-line'},
      draw(item, (next) => update(place, next), place),
      iconButton('close', t('Remove line {number}', {number: place + 1}), () => {
        list = list.filter((_, other) => other !== place);
        onChange(list);
        show();
        root.querySelector('.cc-add-line').focus();
      }, {class: 'button icon small cc-line-remove'}))),
    h('button', {type: 'button', class: 'button small cc-add-line', onclick: () => {
      list = [...list, empty()];
      show(true);
    }}, t(addLabel)));
    if (focus) root.querySelector('.cc-line:last-of-type input, .cc-line:last-of-type select')?.focus();
  };
  show();
  return root;
}

/** Makes a list of texts. */
export function textsControl(field, value, set) {
  const items = [value ?? []].flat().map((item) => String(item?.value ?? item));
  return lines(items, () => '', 'Add', (item, change, place) => [
    h('input', {class: 'input', type: 'text', value: item, placeholder: field.placeholder,
      'aria-label': `${t(field.label)} ${place + 1}`, oninput: ({target}) => change(target.value)}),
  ], (list) => {
    const texts = list.filter((text) => text.trim());
    set(texts.length ? texts : undefined);
  });
}

/** Makes a list of names and values, written as other builders do: `{list: [{label, value}]}`. */
export function pairsControl(field, value, set) {
  const list = value?.list ?? value ?? [];
  const items = Array.isArray(list)
    ? list.map(({label, value: text}) => ({label: label ?? '', value: text ?? ''}))
    : Object.entries(list).map(([label, text]) => ({label, value: text}));
  return lines(items, () => ({label: '', value: ''}), 'Add', (item, change, place) => {
    // The line's inputs outlive each change, so they share what was typed.
    let now = item;
    const put = (patch) => change(now = {...now, ...patch});
    return [
      h('input', {class: 'input', type: 'text', value: item.label, placeholder: t('Name'),
        'aria-label': t('Name {number}', {number: place + 1}), oninput: ({target}) => put({label: target.value})}),
      h('input', {class: 'input', type: 'text', value: item.value, placeholder: t('Value'),
        'aria-label': t('Value {number}', {number: place + 1}), oninput: ({target}) => put({value: target.value})}),
    ];
  }, (pairs) => {
    const given = pairs.filter(({label}) => label.trim());
    set(given.length ? {list: given} : undefined);
  });
}

/** Makes lines of fields with the values they get; a field can be erased as well (CAM-360). */
export function valuesControl(field, {event, records, setProperties}) {
  const {_clear: cleared = [], ...values} = event.properties;
  const items = [
    ...Object.entries(values).map(([alias, value]) => ({alias, value: [value].flat().join('|'), erase: false})),
    ...[cleared].flat().map((alias) => ({alias, value: '', erase: true})),
  ];
  return lines(items, () => ({alias: '', value: '', erase: false}), 'Add a field', (item, change, place) => {
    let now = item;
    const put = (patch) => change(now = {...now, ...patch});
    const value = h('input', {class: 'input', type: 'text', value: item.value, disabled: item.erase,
      placeholder: t('Value'), 'aria-label': t('Value {number}', {number: place + 1}),
      oninput: ({target}) => put({value: target.value})});
    const erase = h('label', {class: 'cc-check'}, h('input', {type: 'checkbox', checked: item.erase,
      onchange: ({target}) => {
        value.disabled = target.checked;
        put({erase: target.checked});
      }}), h('span', {}, t('Erase')));
    const picker = combobox({
      label: t('Field {number}', {number: place + 1}), values: item.alias ? [item.alias] : [], isMultiple: false,
      search: (text) => records.search(field.of, text), name: (alias) => records.name(field.of, alias),
      onChange: ([alias]) => put({alias: alias ?? ''}), placeholder: t('Field…'),
    });
    picker.input.setAttribute('aria-label', t('Field {number}', {number: place + 1}));
    return [h('div', {class: 'cc-stack'}, picker.element, h('div', {class: 'cc-pair'}, value, erase))];
  }, (list) => setProperties(() => {
    const next = {};
    const erased = [];
    for (const {alias, value, erase} of list.filter((item) => item.alias)) {
      if (erase) erased.push(alias);
      else next[alias] = value;
    }
    return erased.length ? {...next, _clear: erased} : next;
  }, 'values'));
}

const sets = {
  number: ['=', '!=', 'gt', 'gte', 'lt', 'lte', 'empty', '!empty'],
  date: ['=', '!=', 'gt', 'gte', 'lt', 'lte', 'date', 'empty', '!empty'],
  boolean: ['=', '!='],
  choice: ['=', '!=', 'in', '!in', 'empty', '!empty'],
  multiselect: ['in', '!in', 'empty', '!empty'],
  text: ['=', '!=', 'like', '!like', 'contains', 'startsWith', 'endsWith', 'in', '!in', 'empty', '!empty'],
};

function operatorsOf(field, of) {
  if (of === 'formField') return comparisons.map(([key]) => key);
  if (field?.type === 'datetime') return sets.date;
  return sets[field?.type] ?? (field?.choices ? sets.choice : sets.text);
}

/** Makes a field, an operator and a value. */
export function comparisonControl(field, {event, records, setProperties}) {
  const root = h('div', {class: 'cc-stack'});
  const {properties} = event;
  let now = {field: properties.field ?? '', operator: properties.operator ?? '=', value: properties.value ?? ''};
  const {form} = properties;
  const load = () => {
    if (field.of !== 'formField') return records.fields(field.of);
    return form ? records.formFields(form) : Promise.resolve([]);
  };
  const put = (patch) => {
    now = {...now, ...patch};
    const isBare = now.operator === 'empty' || now.operator === '!empty';
    setProperties((before) => {
      const {value: _, ...rest} = before;
      const next = {...rest, field: now.field || undefined, operator: now.operator};
      return isBare ? next : {...next, value: now.value};
    }, 'comparison');
  };
  const draw = (fields) => {
    const known = fields.find(({value}) => value === now.field);
    const operators = operatorsOf(known, field.of);
    const names = new Map([...comparisons, ['date', t('is a day from today')]]);
    if (!operators.includes(now.operator) && now.field === '') now.operator = operators[0];
    const keys = operators.includes(now.operator) ? operators : [...operators, now.operator];
    const select = h('select', {class: 'input', 'aria-label': t('Comparison'), onchange: ({target}) => {
      put({operator: target.value, value: ''});
      draw(fields);
      root.querySelector('select').focus();
    }}, keys.map((key) => h('option', {value: key}, t(names.get(key) ?? key))));
    select.value = now.operator;
    const picker = combobox({
      label: t(field.label), values: now.field ? [now.field] : [], isMultiple: false, placeholder: t('Field…'),
      search: async (text) => fields.filter(({label, value}) =>
        label.toLowerCase().includes(text.trim().toLowerCase()) || value.includes(text.trim())),
      name: (alias) => fields.find(({value}) => value === alias)?.label ?? alias,
      onChange: ([alias]) => {
        const next = operatorsOf(fields.find(({value}) => value === alias), field.of);
        put({field: alias ?? '', operator: next.includes(now.operator) ? now.operator : next[0], value: ''});
        draw(fields);
      },
    });
    picker.input.setAttribute('aria-label', t(field.label));
    root.replaceChildren(picker.element, select, valueInput(known, now, put));
  };
  draw([]);
  load().then(draw, () => draw([]));
  return root;
}

function valueInput(field, {operator, value}, put) {
  const label = t('Value');
  if (operator === 'empty' || operator === '!empty') return '';
  if (operator === 'date') return dateShift(String(value), (next) => put({value: next}));
  const isSeveral = operator === 'in' || operator === '!in';
  if (field?.choices && isSeveral) {
    const chosen = new Set([value].flat().filter((item) => item !== '').map(String));
    return h('div', {class: 'cc-checks'}, field.choices.map(([key, name]) => h('label', {class: 'cc-check'},
      h('input', {type: 'checkbox', checked: chosen.has(key), onchange: ({target}) => {
        if (target.checked) chosen.add(key);
        else chosen.delete(key);
        put({value: [...chosen]});
      }}), h('span', {}, name))));
  }
  if (field?.choices && !isSeveral) {
    const select = h('select', {class: 'input', 'aria-label': label, onchange: ({target}) => put({value: target.value})},
      h('option', {value: ''}, t('Choose…')), field.choices.map(([key, name]) => h('option', {value: key}, name)));
    select.value = String(value);
    return select;
  }
  if (isSeveral) {
    return combobox({
      label, values: [value].flat().filter((item) => item !== '').map(String), isMultiple: true, isFree: true,
      search: async () => [], name: (item) => item, placeholder: t('Type a value…'),
      onChange: (values) => put({value: values}),
    }).element;
  }
  return h('input', {class: 'input', type: 'text', 'aria-label': label, value: [value].flat().join(','),
    placeholder: label, oninput: ({target}) => put({value: target.value})});
}

const eventOperators = ['=', '!=', 'gt', 'gte', 'lt', 'lte', 'like', 'empty', '!empty'];

/** Makes lines that compare properties of an app's event (CAM-432). */
export function conditionsControl(field, value, set) {
  const items = Array.isArray(value) ? value : [];
  const names = new Map(comparisons);
  return lines(items, () => ({property: '', operator: '=', value: ''}), 'Add a property', (item, change, place) => {
    let now = item;
    const put = (patch) => change(now = {...now, ...patch});
    const number = place + 1;
    const text = h('input', {class: 'input', type: 'text', value: item.value ?? '', placeholder: t('Value'),
      'aria-label': t('Value {number}', {number}), oninput: ({target}) => put({value: target.value})});
    const select = h('select', {class: 'input', 'aria-label': t('Comparison {number}', {number}), onchange: ({target}) => {
      text.hidden = target.value.endsWith('empty');
      put({operator: target.value});
    }}, eventOperators.map((key) => h('option', {value: key}, t(names.get(key)))));
    select.value = item.operator ?? '=';
    text.hidden = select.value.endsWith('empty');
    return [h('div', {class: 'cc-stack'},
      h('input', {class: 'input', type: 'text', value: item.property ?? '', placeholder: 'items.0.sku',
        'aria-label': t('Property {number}', {number}), oninput: ({target}) => put({property: target.value})}),
      h('div', {class: 'cc-pair'}, select, text))];
  }, (list) => {
    const given = list.filter(({property}) => property.trim());
    set(given.length ? given : undefined);
  });
}

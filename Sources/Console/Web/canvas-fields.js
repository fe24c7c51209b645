// The inputs of an event's properties, one kind after the other.

import {combobox} from './canvas-combobox.js';
import {comparisonControl, conditionsControl, pairsControl, textsControl, valuesControl} from './canvas-lists.js';
import {h, uniqueId} from './canvas-dom.js';
import {read, write} from './canvas-types.js';
import {nameOf} from './canvas-wire.js';
import {localInput, fromLocalInput} from './canvas-time.js';
import {t} from './texts.js';

/**
 * Makes a labelled input.
 *
 * @param {object} field The field of the type.
 * @param {object} context `{doc, event, records, setProperties, refresh}`.
 */
export function fieldRow(field, context) {
  const id = uniqueId('cc-field');
  const hintId = field.hint ? `${id}-hint` : undefined;
  const hint = field.hint && h('p', {class: 'hint', id: hintId}, t(field.hint));
  const control = make(field, context, {id, describedBy: hintId});
  if (field.kind === 'flag') {
    return h('div', {class: 'cc-row'}, h('label', {class: 'cc-check', for: id}, control, h('span', {}, t(field.label))), hint);
  }
  const mark = field.required && h('span', {class: 'cc-required', 'aria-hidden': 'true'}, ' *');
  if (isGroup(field.kind)) {
    return h('fieldset', {class: 'cc-row', 'aria-describedby': hintId},
      h('legend', {class: 'label'}, t(field.label), mark), control, hint);
  }
  return h('div', {class: 'cc-row'}, h('label', {class: 'label', for: id}, t(field.label), mark), control, hint);
}

function isGroup(kind) {
  return ['checks', 'pairs', 'texts', 'values', 'comparison', 'conditions'].includes(kind);
}

function make(field, context, {id, describedBy}) {
  const {event, setProperties} = context;
  const value = field.name ? read(event.properties, field.name) : undefined;
  // Properties are read afresh for each change: another input may have changed them since.
  const set = (next) => setProperties((properties) => write(properties, field.name, next), field.name);
  const common = {id, 'aria-describedby': describedBy, 'aria-required': field.required ? 'true' : undefined};
  switch (field.kind) {
    case 'text':
      return h('input', {...common, class: 'input', type: 'text', value: value ?? '', maxlength: field.max,
        placeholder: field.placeholder, oninput: ({target}) => set(target.value || undefined)});
    case 'longtext':
      return h('textarea', {...common, class: 'input', rows: 4, value: value ?? '',
        oninput: ({target}) => set(target.value || undefined)});
    case 'number':
      return h('input', {...common, class: 'input cc-short', type: 'number', step: 1, min: field.min, max: field.max,
        value: value ?? '', placeholder: field.standard,
        oninput: ({target}) => set(target.value === '' ? undefined : Number(target.value))});
    case 'date':
      return h('input', {...common, class: 'input', type: 'datetime-local', value: localInput(value),
        oninput: ({target}) => set(fromLocalInput(target.value) ?? undefined)});
    case 'flag':
      return h('input', {...common, type: 'checkbox', checked: ['1', 'true', 'yes'].includes(String(value)),
        onchange: ({target}) => set(target.checked || undefined)});
    case 'choice':
      return choice(field, value, common, set);
    case 'checks':
      return checks(field, value, set);
    case 'event':
      return eventChoice(context, value, common, set);
    case 'record': case 'records': case 'tags':
      return recordControl(field, value, context, {id, describedBy}, set);
    case 'texts':
      return textsControl(field, value, set);
    case 'pairs':
      return pairsControl(field, value, set);
    case 'values':
      return valuesControl(field, context);
    case 'comparison':
      return comparisonControl(field, context);
    case 'conditions':
      return conditionsControl(field, value, set);
    default:
      return h('span', {}, field.kind);
  }
}

function choice(field, value, common, set) {
  const chosen = String(value ?? field.standard ?? '');
  const select = h('select', {...common, class: 'input', onchange: ({target}) => {
    if (target.value === '') set(undefined);
    else set(field.numeric ? Number(target.value) : target.value);
  }}, field.options.map(([key, label]) => h('option', {value: key}, t(label))));
  if (!field.options.some(([key]) => key === chosen)) select.append(h('option', {value: chosen}, chosen));
  select.value = chosen;
  return select;
}

function checks(field, value, set) {
  const chosen = new Set([value ?? []].flat());
  const known = field.options.map(([key]) => key);
  const others = [...chosen].filter((key) => !known.includes(key)).map((key) => [key, key]);
  return h('div', {class: 'cc-checks'}, [...field.options, ...others].map(([key, label]) =>
    h('label', {class: 'cc-check'}, h('input', {type: 'checkbox', checked: chosen.has(key), onchange: ({target}) => {
      if (target.checked) chosen.add(key);
      else chosen.delete(key);
      set(chosen.size ? [...chosen] : undefined);
    }}), h('span', {}, t(label)))));
}

function eventChoice({doc, event}, value, common, set) {
  const select = h('select', {...common, class: 'input', onchange: ({target}) => set(target.value || undefined)},
    h('option', {value: ''}, t('Choose an event')),
    doc.events.filter(({id}) => id !== event.id).map((other) => h('option', {value: other.id}, nameOf(other))));
  select.value = String(value ?? '');
  return select;
}

/** Records are numbers on the wire, tags and suggested words are texts. */
function recordControl(field, value, {records, doc, refresh}, {id, describedBy}, set) {
  const isWords = field.kind === 'tags';
  const isMultiple = field.kind !== 'record';
  const values = [value ?? []].flat().map((item) => String(item?.id ?? item?.value ?? item));
  const toWire = (item) => (isWords || !/^\d+$/.test(item) ? item : Number(item));
  const search = async (text) => {
    if (field.suggestions) {
      return field.suggestions.filter((word) => word.toLowerCase().includes(text.toLowerCase()))
        .map((word) => ({value: word, label: word, hint: ''}));
    }
    const found = await records.search(field.of, text);
    // “This campaign” is the only name that a new campaign has for itself.
    if (!field.own) return found;
    const others = found.filter((option) => option.value !== doc.id);
    return [{value: 'this', label: t('This campaign'), hint: ''}, ...others];
  };
  return combobox({
    id, describedBy, label: t(field.label), values, isMultiple, isFree: isWords, search,
    name: (item) => (field.of ? records.name(field.of, item) : item),
    placeholder: isWords ? t('Type or choose…') : undefined,
    onChange: (next) => {
      const wire = next.map(toWire);
      if (isMultiple) set(wire.length ? wire : undefined);
      else set(wire[0]);
      if (field.refreshes) refresh();
    },
  }).element;
}

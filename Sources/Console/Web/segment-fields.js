// What the API offers for filters: fields, operators and where values come from; and which kind of editor a value needs.
import {t} from './texts.js';

// The order in which operators are offered; those that are not here come last.
const ORDER = [
  '=', '!=', 'in', 'in_all', '!in', '!in_all', 'gt', 'gte', 'lt', 'lte', 'between', '!between', 'contains', 'startsWith',
  'endsWith', 'like', '!like', 'regexp', '!regexp', '!empty', 'empty',
];
const PATTERNS = new Set(['contains', 'startsWith', 'endsWith', 'like', '!like', 'regexp', '!regexp']);
const LISTS = new Set(['in', '!in', 'in_all', '!in_all']);

const keyOf = (object, field) => (object === 'behaviors' ? `lead.${field}` : `${object}.${field}`);
const place = (operator) => (ORDER.indexOf(operator) + 1 || ORDER.length + 1);
const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** The fields that filters may name. */
export class FilterFields {
  #byKey = new Map();

  /** @param {object} answer The answer of `GET /api/segments/filters`. */
  constructor(answer) {
    this.lookups = answer.lookups ?? {};
    this.sections = (answer.sections ?? []).map((section) => ({
      label: t(section.label),
      fields: section.filters.map((filter) => this.#field(filter)),
    }));
    for (const {fields} of this.sections) {
      for (const field of fields) this.#byKey.set(field.key, field);
    }
  }

  #field(filter) {
    const operators = filter.operators
      .map(({operator, label}) => ({operator, label: t(label)}))
      .sort((a, b) => place(a.operator) - place(b.operator));
    return {
      ...filter, key: keyOf(filter.object, filter.field), label: t(filter.label), operators,
      lookup: this.lookups[filter.type] ?? null, properties: filter.properties ?? [],
    };
  }

  /** Returns the field of a row; undefined if it is offered no more. */
  of(row) {
    return this.#byKey.get(keyOf(row.object, row.field));
  }

  /** Returns the field with a key, or undefined. */
  get(key) {
    return this.#byKey.get(key);
  }

  /**
   * Returns the operators for a row, with the one that it has even if it is no longer offered.
   *
   * `in` asks for all options of a field with several ones, as `in_all` does; new filters use the plainer word (SEG-36).
   */
  operators(field, current) {
    const isTwice = field.kind === 'options' && current !== 'in';
    const offered = field.operators.filter(({operator}) => !(isTwice && operator === 'in'));
    if (!current || offered.some(({operator}) => operator === current)) return offered;
    return [...offered, {operator: current, label: current}];
  }

  /** Returns the sections with the fields that a search finds; whose names begin with it come first. */
  search(text) {
    const words = fold(text).split(/\s+/).filter(Boolean);
    if (words.length === 0) return this.sections;
    const found = [];
    for (const {label, fields} of this.sections) {
      const ranked = fields
        .map((field) => ({field, rank: rank(field, label, words)}))
        .filter(({rank}) => rank > 0)
        .sort((a, b) => b.rank - a.rank);
      if (ranked.length > 0) {
        found.push({label, best: ranked[0].rank, fields: ranked.map(({field}) => field)});
      }
    }
    return found.sort((a, b) => b.best - a.best);
  }
}

/** How well a field answers a search: every word must be found in its name, its alias or the heading. */
function rank(field, section, words) {
  const label = fold(field.label);
  const alias = fold(field.field);
  let sum = 0;
  for (const word of words) {
    if (label === word || alias === word) sum += 8;
    else if (label.startsWith(word)) sum += 6;
    else if (label.includes(` ${word}`) || alias.startsWith(word)) sum += 4;
    else if (label.includes(word) || alias.includes(word)) sum += 2;
    else if (fold(section).includes(word)) sum += 1;
    else return 0;
  }
  return sum;
}

/** Returns the operator with which a field begins. */
export function startingOperator(field) {
  const names = field.operators.map(({operator}) => operator);
  if (field.kind === 'options' && names.includes('in_all')) return 'in_all';
  if (field.kind === 'date' || field.kind === 'datetime') return names.includes('gte') ? 'gte' : names[0];
  if (field.kind === 'text' && names.includes('contains') && field.choices === undefined) return 'contains';
  return names[0];
}

/**
 * Returns the editor that a value needs.
 *
 * @returns {'none'|'boolean'|'number'|'numbers'|'date'|'dates'|'one'|'many'|'words'|'regexp'|'pattern'|'text'} `one` and
 *   `many` choose from a list, `words` are typed.
 */
export function editorOf(field, operator) {
  if (operator === 'empty' || operator === '!empty') return 'none';
  if (!field) return 'text';
  if (operator === 'regexp' || operator === '!regexp') return 'regexp';
  if (operator === 'like' || operator === '!like') return 'pattern';
  if (PATTERNS.has(operator)) return 'text';
  const isRange = operator === 'between' || operator === '!between';
  const hasList = Boolean(field.choices?.length || field.lookup);
  switch (field.kind) {
    case 'boolean':
      return 'boolean';
    case 'number':
      return isRange ? 'numbers' : 'number';
    case 'date':
    case 'datetime':
      return isRange ? 'dates' : 'date';
    case 'record':
      return 'one';
    default:
      if (LISTS.has(operator)) return hasList ? 'many' : 'words';
      return hasList ? 'one' : 'text';
  }
}

/** Whether values are ids of records. */
export const isRecord = (field) => field?.kind === 'record' || field?.kind === 'records';

/** Whether a value may be typed that the list does not have: suggestions and regions, not options. */
export function isOpen(field) {
  if (isRecord(field)) return false;
  return field.kind === 'text' || field.kind === 'names' || !(field.choices?.length || field.lookup?.choices);
}

const listOf = (value) => {
  if (Array.isArray(value)) return value.filter((entry) => entry !== null && entry !== '');
  if (value !== null && typeof value === 'object') return Object.values(value);
  if (value === null || value === undefined || value === '') return [];
  return String(value).split('|').map((entry) => entry.trim()).filter(Boolean);
};

/** Returns the entries of a value for an editor that takes several. */
export {listOf as valuesOf};

/**
 * Returns what is left of a value when the field or the operator changes: as much as the new editor can show.
 *
 * @param {*} value The value.
 * @param {string} from The editor that it had.
 * @param {string} to The editor that it gets.
 */
export function convertValue(value, from, to) {
  if (from === to) return value;
  const many = new Set(['many', 'words', 'numbers', 'dates']);
  const typed = new Set(['text', 'pattern', 'regexp', 'words']);
  if (to === 'none') return null;
  if (to === 'boolean') return 1;
  const isKin = (typed.has(from) && typed.has(to)) || [['one', 'many'], ['number', 'numbers'], ['date', 'dates']]
    .some((pair) => pair.includes(from) && pair.includes(to));
  if (!isKin) return many.has(to) ? [] : null;
  if (many.has(to) && !many.has(from)) {
    const list = value === null || value === '' ? [] : [value];
    return to === 'numbers' || to === 'dates' ? [list[0] ?? '', ''] : list;
  }
  if (many.has(from) && !many.has(to)) return listOf(value)[0] ?? null;
  return value;
}

/** Whether a row is complete: it has a field, an operator and a value where one is needed. */
export function isComplete(row, fields) {
  if (!row.field || !row.operator) return false;
  const editor = editorOf(fields.of(row), row.operator);
  if (editor === 'none' || editor === 'boolean') return true;
  if (editor === 'numbers' || editor === 'dates') {
    const ends = listOf(row.value);
    return ends.length === 2;
  }
  return listOf(row.value).length > 0;
}

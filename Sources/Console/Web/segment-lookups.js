// The values to choose from: closed lists that came with the fields, and records found by the API.
import {api} from './api.js';
import {t} from './texts.js';

const FOUND = 30;
const names = new Map();
const pages = new Map();

const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
const nameOf = (lookup, value) => names.get(`${lookup.path} ${value}`);

/** Returns those of the choices that a text finds, first those that begin with it. */
export function findChoices(choices, text) {
  const word = fold(text.trim());
  if (word === '') return choices;
  const starts = [];
  const others = [];
  for (const choice of choices) {
    const label = fold(choice.label.replaceAll('_', ' ')) + ' ' + fold(String(choice.value));
    const at = label.indexOf(word);
    if (at === 0) starts.push(choice);
    else if (at > 0) others.push(choice);
  }
  return [...starts, ...others];
}

/** Reads records from an answer of the API. */
export function readRecords(lookup, answer) {
  const found = lookup.member ? answer[lookup.member] : answer;
  return Object.values(found ?? {}).map((record) => {
    const label = lookup.label.map((member) => record[member]).filter(Boolean).join(' ');
    const value = record[lookup.value];
    return {value, label: label || `#${value}`};
  });
}

async function ask(lookup, query) {
  const key = `${lookup.path}?${query}`;
  if (!pages.has(key)) {
    const asked = api('GET', key).then((answer) => readRecords(lookup, answer));
    // What failed is asked again the next time.
    asked.catch(() => pages.delete(key));
    pages.set(key, asked);
  }
  const records = await pages.get(key);
  for (const {value, label} of records) names.set(`${lookup.path} ${value}`, label);
  return records;
}

/**
 * Returns a search for the values of a field, in groups; null if there is nothing to find.
 *
 * @param {object} field The field.
 * @param {string|null} without The id of a record that is not offered: a segment cannot name itself.
 */
export function searchOf(field, without = null) {
  const choices = field.choices?.length ? field.choices : field.lookup?.choices;
  if (choices) {
    const shown = choices.map(({value, label}) => ({value, label: t(label)}));
    return (text) => [{label: null, items: findChoices(shown, text)}];
  }
  const lookup = field.lookup;
  if (!lookup?.path) return null;
  return async (text) => {
    const query = new URLSearchParams({limit: FOUND, publishedOnly: 1});
    if (text.trim()) query.set(lookup.search, text.trim());
    const records = await ask(lookup, query);
    return [{label: null, items: records.filter(({value}) => String(value) !== String(without))}];
  };
}

/**
 * Returns the names of values as far as they are known, and asks for the others.
 *
 * @param {object} field The field.
 * @param {*[]} values The values.
 * @param {(names: Map<string, string>) => void} learn Takes the names once the API has answered.
 * @returns {(value: *) => string}
 */
export function labels(field, values, learn) {
  const choices = field.choices?.length ? field.choices : field.lookup?.choices;
  if (choices) {
    const byValue = new Map(choices.map(({value, label}) => [String(value).toLowerCase(), t(label)]));
    return (value) => byValue.get(String(value).toLowerCase()) ?? String(value);
  }
  const lookup = field.lookup;
  if (!lookup?.path) return (value) => String(value);
  const unknown = values.filter((value) => nameOf(lookup, value) === undefined);
  if (unknown.length > 0) {
    const query = new URLSearchParams({limit: Math.max(FOUND, unknown.length)});
    if (lookup.search === 'search') query.set('search', `ids:${unknown.join(',')}`);
    else query.set('limit', 1000);
    ask(lookup, query).then((records) => {
      learn(new Map(records.map(({value, label}) => [String(value), label])));
    }, () => {
      // Without the right to see them they keep their numbers.
    });
  }
  return (value) => nameOf(lookup, value) ?? `#${value}`;
}

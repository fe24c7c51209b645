// What cards and lists say about events.

import {childrenOf, find} from './canvas-graph.js';
import {kinds, isBlank, read, typeOf} from './canvas-types.js';
import {comparisons} from './canvas-conditions.js';
import {nameOf} from './canvas-wire.js';
import {t} from './texts.js';

const units = {
  i: ['1 minute', '{count} minutes'], h: ['1 hour', '{count} hours'], d: ['1 day', '{count} days'],
  m: ['1 month', '{count} months'], y: ['1 year', '{count} years'],
};

export const weekdays = [
  [1, 'Mon'], [2, 'Tue'], [3, 'Wed'], [4, 'Thu'], [5, 'Fri'], [6, 'Sat'], [0, 'Sun'],
];

/** Returns a length of time such as “2 days”. */
export function span(count, unit) {
  const [one, many] = units[unit] ?? units.d;
  return count === 1 ? t(one) : t(many, {count});
}

/** Returns a date and time in the reader's language and zone. */
export function moment(text) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text;
  return date.toLocaleString(undefined, {dateStyle: 'medium', timeStyle: 'short'});
}

/** Returns when an event fires, in short; empty if at once. */
export function delay({kind, trigger}) {
  if (kind === 'decision') return '';
  if (trigger.mode === 'date') return trigger.date ? moment(trigger.date) : t('on a date');
  if (trigger.mode === 'contact_date') return contactDate(trigger);
  if (trigger.mode !== 'interval') return '';
  const parts = [trigger.interval ? span(trigger.interval, trigger.unit) : ''];
  if (trigger.hour) parts.push(t('at {time}', {time: trigger.hour}));
  else if (trigger.start && trigger.stop) parts.push(`${trigger.start}–${trigger.stop}`);
  const days = dayNames(trigger.days);
  if (days) parts.push(days);
  return parts.filter(Boolean).join(' · ') || t('at once');
}

function contactDate(trigger) {
  const field = trigger.contactField ?? '…';
  if (!trigger.offset) return t('on {field}', {field});
  const time = span(Math.abs(trigger.offset), trigger.offsetUnit);
  return trigger.offset < 0 ? t('{time} before {field}', {time, field}) : t('{time} after {field}', {time, field});
}

function dayNames(days) {
  const chosen = new Set(days.includes(-1) ? [1, 2, 3, 4, 5] : days);
  if (chosen.size === 0 || chosen.size === 7) return '';
  const names = weekdays.filter(([day]) => chosen.has(day)).map(([, name]) => t(name));
  const isWork = chosen.size === 5 && !chosen.has(0) && !chosen.has(6);
  return isWork ? t('Mon–Fri') : names.join(', ');
}

/**
 * Returns what an event is about, in one line.
 *
 * @param {(kind: string, id: *) => string} name Returns the name of a record.
 */
export function summary(doc, event, name) {
  const type = typeOf(event.type);
  if (!type) return event.type;
  const parts = [];
  for (const field of type.fields) {
    if (field.quiet) continue;
    const part = describe(doc, event, field, name);
    if (part) parts.push(part);
  }
  return parts.slice(0, 2).join(' · ');
}

function describe(doc, event, field, name) {
  const {properties} = event;
  if (field.kind === 'values') {
    const {_clear: cleared = [], ...values} = properties;
    return [...Object.keys(values), ...[cleared].flat()].map((alias) => name(field.of, alias)).join(', ');
  }
  if (field.kind === 'comparison') return comparison(properties, field, name);
  const value = read(properties, field.name);
  if (isBlank(value)) return '';
  switch (field.kind) {
    case 'record': return name(field.of, value);
    case 'records': return mark(field, [value].flat().map((id) => name(field.of, id)).join(', '));
    case 'tags': case 'texts': return mark(field, [value].flat().map((item) => item?.value ?? item).join(', '));
    case 'event': return target(doc, value);
    // What is usual need not be told.
    case 'choice': return String(value) === field.standard && field.name !== 'operator' ? '' : choice(field, value);
    case 'number': return field.standard === undefined ? signed(field, value) : '';
    case 'checks': return [value].flat().map((key) => t(field.options.find(([each]) => each === key)?.[1] ?? key)).join(', ');
    case 'text': return String(value);
    default: return '';
  }
}

function choice(field, value) {
  return t(field.options.find(([key]) => key === String(value))?.[1] ?? String(value));
}

/** Adding and removing look alike without a sign. */
function mark(field, text) {
  if (['addToLists', 'add_tags', 'addTo'].includes(field.name)) return `+ ${text}`;
  if (['removeFromLists', 'remove_tags', 'removeFrom'].includes(field.name)) return `− ${text}`;
  return text;
}

function signed(field, value) {
  const isChange = field.name === 'points' || field.label === 'Score';
  return isChange && Number(value) > 0 ? `+${value}` : String(value);
}

function target(doc, value) {
  const event = find(doc, String(value));
  return event ? `→ ${nameOf(event)}` : '';
}

function comparison(properties, field, name) {
  if (isBlank(properties.field)) return '';
  const label = field.of === 'formField' ? properties.field : name(field.of, properties.field);
  const operator = properties.operator ?? '=';
  const sign = comparisons.find(([key]) => key === operator)?.[1] ?? operator;
  const value = [properties.value ?? ''].flat().join(', ');
  return [label, t(sign), value].filter(Boolean).join(' ');
}

/** Returns the word for a kind. */
export function kindName(kind) {
  return t(kinds.find((entry) => entry.kind === kind)?.label ?? kind);
}

/** Returns the counts of an event in words. */
export function countText({waiting, done, failed}) {
  const shown = (number) => Number(number ?? 0).toLocaleString();
  return t('{waiting} waiting, {done} done, {failed} failed',
    {waiting: shown(waiting), done: shown(done), failed: shown(failed)});
}

/** Returns all that a card shows, for readers who do not see it. */
export function spoken(doc, event, {name, problems = [], counts = null}) {
  const parent = event.parent === null ? null : find(doc, event.parent);
  const type = typeOf(event.type);
  const parts = [nameOf(event), kindName(event.kind)];
  if (type && event.name && t(type.label) !== event.name) parts.push(t(type.label));
  const about = summary(doc, event, name);
  if (about) parts.push(about);
  const time = delay(event);
  if (time) parts.push(t('after a delay: {delay}', {delay: time}));
  if (event.path === 'yes') parts.push(t('on the yes path of {name}', {name: nameOf(parent)}));
  else if (event.path === 'no') parts.push(t('on the no path of {name}', {name: nameOf(parent)}));
  else if (parent) parts.push(t('after {name}', {name: nameOf(parent)}));
  const children = childrenOf(doc, event.id).length;
  if (children) parts.push(children === 1 ? t('1 event below') : t('{count} events below', {count: children}));
  if (counts) parts.push(countText(counts));
  if (problems.length) parts.push(problems.map(({text}) => text).join(' '));
  return parts.join(', ');
}

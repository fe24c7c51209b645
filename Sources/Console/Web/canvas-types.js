// The types of events: what they are called, where they may stand and what they need.

import {actions} from './canvas-actions.js';
import {conditions} from './canvas-conditions.js';
import {decisions} from './canvas-decisions.js';

/** The kinds in the order in which they are offered. */
export const kinds = [
  {kind: 'action', label: 'Action', plural: 'Actions', about: 'What happens to the contact'},
  {kind: 'decision', label: 'Decision', plural: 'Decisions', about: 'What the contact may do'},
  {kind: 'condition', label: 'Condition', plural: 'Conditions', about: 'What is known of the contact'},
];

const tables = {action: actions, decision: decisions, condition: conditions};

/** All types, each with its name and kind. */
export const types = kinds.flatMap(({kind}) =>
  Object.entries(tables[kind]).map(([type, entry]) => ({type, kind, ...entry})));

const byName = new Map(types.map((entry) => [entry.type, entry]));

/** Returns a type; one that is not installed has neither fields nor rules. */
export function typeOf(name) {
  return byName.get(name) ?? null;
}

/** Returns the paths on which events may hang below one: `[null]` for actions, none for those that end a run. */
export function pathsBelow(event) {
  if (typeOf(event.type)?.isEnd) return [];
  return event.kind === 'action' ? [null] : ['yes', 'no'];
}

/**
 * Whether events of a type may hang there (CAM-005).
 *
 * @param {string} name The type.
 * @param {?{type: string, kind: string}} parent The event above; null for the start.
 * @param {?string} path `yes`, `no` or null.
 */
export function isAllowed(name, parent, path) {
  if (parent && typeOf(parent.type)?.isEnd) return false;
  const place = typeOf(name)?.below;
  if (!place) return true;
  return parent?.type === place.type && (!place.path || place.path === path);
}

/** Returns the types that may hang there. */
export function allowedBelow(parent, path) {
  return types.filter((entry) => isAllowed(entry.type, parent, path));
}

/** Returns a member of properties, also a nested one such as `urls.list`. */
export function read(properties, name) {
  return name.split('.').reduce((value, part) => value?.[part], properties);
}

/** Returns a copy of properties with another member; undefined removes it. */
export function write(properties, name, value) {
  const [first, ...rest] = name.split('.');
  const next = {...properties};
  const inner = rest.length ? write(next[first] ?? {}, rest.join('.'), value) : value;
  if (inner === undefined || (rest.length && Object.keys(inner).length === 0)) delete next[first];
  else next[first] = inner;
  return next;
}

/** Whether a value counts as not given. */
export function isBlank(value) {
  return value === undefined || value === null || value === '' || value === false ||
    (Array.isArray(value) && value.length === 0);
}

// The campaign as the canvas edits it. Every function returns a new document and leaves the given one alone, so
// that the history can keep it.
//
// A document is `{id, name, …, sources: [{kind, id, name}], start: {x, y}, events: [event]}`. The ids of events are
// texts: numbers of saved events, and `new1` and so on for others.

import {isAllowed, pathsBelow, typeOf} from './canvas-types.js';

let lastId = 0;

/** Returns an id for a new event. None is used twice on a page, so that the history never confuses two events. */
export function newId(doc) {
  for (const {id} of doc.events) {
    if (id.startsWith('new')) lastId = Math.max(lastId, Number(id.slice(3)) || 0);
  }
  lastId += 1;
  return `new${lastId}`;
}

/** Returns an empty campaign. */
export function emptyDocument() {
  return {
    id: null, version: null, name: '', description: '', category: null, isPublished: false, publishUp: null,
    publishDown: null, allowRestart: false, sources: [], start: {x: 0, y: 0}, events: [],
  };
}

export const triggerDefaults = {
  mode: 'immediate', interval: 1, unit: 'd', hour: null, start: null, stop: null, days: [], date: null,
  contactField: null, offset: 0, offsetUnit: 'd', ifPast: 'run',
};

/** Returns a new event of a type, with the standard values of its properties. */
export function newEvent(doc, typeName, parent, path) {
  const type = typeOf(typeName);
  let properties = {};
  for (const field of type.fields) {
    if (field.name && field.standard !== undefined && field.standard !== '') {
      properties[field.name] = field.numeric ? Number(field.standard) : field.standard;
    }
  }
  const above = parent === null ? null : find(doc, parent);
  const trigger = {...triggerDefaults, mode: type.kind === 'decision' ? null : 'immediate'};
  // "Did not do it" needs a time to wait for (CAM-006).
  if (above?.kind === 'decision' && path === 'no' && type.kind === 'action') trigger.mode = 'interval';
  return {
    id: newId(doc), parent, path: path ?? null, kind: type.kind, type: typeName, name: '', description: '',
    order: 0, properties, trigger, x: 0, y: 0,
  };
}

// Lists of events are never changed in place, so what is found out about one holds.
const indexes = new WeakMap();

function indexOf({events}) {
  let index = indexes.get(events);
  if (index) return index;
  index = {byId: new Map(), children: new Map()};
  for (const event of events) {
    index.byId.set(event.id, event);
    const siblings = index.children.get(event.parent);
    if (siblings) siblings.push(event);
    else index.children.set(event.parent, [event]);
  }
  const rank = ({path}) => (path === 'no' ? 1 : 0);
  for (const siblings of index.children.values()) {
    siblings.sort((one, other) => rank(one) - rank(other) || one.order - other.order);
  }
  indexes.set(events, index);
  return index;
}

/** Returns an event, or undefined. */
export function find(doc, id) {
  return indexOf(doc).byId.get(id);
}

/** Returns the events below one, or the first ones for null, in their order; yes before no. */
export function childrenOf(doc, id, path) {
  const children = indexOf(doc).children.get(id) ?? [];
  return path === undefined ? children : children.filter((event) => event.path === path);
}

/** Calls back with each event and its depth from 1, parents first. */
export function walk(doc, visit) {
  const step = (id, level) => {
    for (const event of childrenOf(doc, id)) {
      visit(event, level);
      step(event.id, level + 1);
    }
  };
  step(null, 1);
}

/** Returns the ids of all events below one. */
export function below(doc, id) {
  const found = [];
  const step = (parent) => {
    for (const event of childrenOf(doc, parent)) {
      found.push(event.id);
      step(event.id);
    }
  };
  step(id);
  return found;
}

function nextOrder(doc, parent) {
  return childrenOf(doc, parent).reduce((most, event) => Math.max(most, event.order), 0) + 1;
}

/** Adds an event as the last of its siblings. */
export function addEvent(doc, event) {
  return {...doc, events: [...doc.events, {...event, order: nextOrder(doc, event.parent)}]};
}

/** Changes members of an event. */
export function updateEvent(doc, id, patch) {
  return {...doc, events: doc.events.map((event) => (event.id === id ? {...event, ...patch} : event))};
}

/** Changes members of the trigger of an event. */
export function updateTrigger(doc, id, patch) {
  const event = find(doc, id);
  return updateEvent(doc, id, {trigger: {...event.trigger, ...patch}});
}

/** Moves cards by a distance; `start` is the id of the card of sources. */
export function shift(doc, ids, dx, dy) {
  const moved = new Set(ids);
  const start = moved.has('start') ? {x: doc.start.x + dx, y: doc.start.y + dy} : doc.start;
  const events = doc.events.map((event) =>
    moved.has(event.id) ? {...event, x: event.x + dx, y: event.y + dy} : event);
  return {...doc, start, events};
}

/** Removes events and all that hangs below them. */
export function removeWithBelow(doc, ids) {
  const gone = new Set(ids.flatMap((id) => [id, ...below(doc, id)]));
  return {...doc, events: doc.events.filter((event) => !gone.has(event.id))};
}

/** Whether what hangs below an event could hang in its place. */
export function canCloseGap(doc, id) {
  const event = find(doc, id);
  const parent = event.parent === null ? null : find(doc, event.parent);
  return childrenOf(doc, id).every((child) => isAllowed(child.type, parent, event.path));
}

/** Removes one event; what hung below it takes its place. */
export function removeAndClose(doc, id) {
  const gone = find(doc, id);
  const events = doc.events.filter((event) => event.id !== id).map((event) =>
    event.parent === id ? {...event, parent: gone.parent, path: gone.path} : event);
  return {...doc, events};
}

/** Whether an event can be moved with all below it to another place. */
export function canMove(doc, id, parent, path) {
  if (id === parent || below(doc, id).includes(parent)) return false;
  const event = find(doc, id);
  const above = parent === null ? null : find(doc, parent);
  return isAllowed(event.type, above, path);
}

/** Hangs an event with all below it elsewhere. */
export function moveEvent(doc, id, parent, path) {
  return updateEvent(doc, id, {parent, path, order: nextOrder(doc, parent)});
}

/** Lets an event run earlier or later among its siblings. */
export function reorder(doc, id, step) {
  const event = find(doc, id);
  const siblings = childrenOf(doc, event.parent, event.path);
  const place = siblings.findIndex((sibling) => sibling.id === id);
  const other = siblings[place + step];
  if (!other) return doc;
  const sorted = siblings.map((sibling) => sibling.id);
  [sorted[place], sorted[place + step]] = [sorted[place + step], sorted[place]];
  const orders = new Map(sorted.map((name, index) => [name, index + 1]));
  const events = doc.events.map((each) => (orders.has(each.id) ? {...each, order: orders.get(each.id)} : each));
  return {...doc, events};
}

/** Returns the places where events can be added: each with parent, path and whether something hangs there. */
export function places(doc) {
  const found = [{parent: null, path: null, isTaken: childrenOf(doc, null).length > 0}];
  for (const event of doc.events) {
    for (const path of pathsBelow(event)) {
      const children = path === null ? childrenOf(doc, event.id) : childrenOf(doc, event.id, path);
      found.push({parent: event.id, path, isTaken: children.length > 0});
    }
  }
  return found;
}

/** Replaces ids of events everywhere, after a save gave them numbers. */
export function renameEvents(doc, names) {
  const rename = (id) => names.get(id) ?? id;
  const events = doc.events.map((event) => {
    const next = {...event, id: rename(event.id), parent: event.parent === null ? null : rename(event.parent)};
    const target = event.properties.jumpToEvent;
    if (event.type === 'campaign.jump_to_event' && target !== undefined) {
      next.properties = {...event.properties, jumpToEvent: rename(String(target))};
    }
    return next;
  });
  return {...doc, events};
}

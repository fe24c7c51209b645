// Copies of events as text: within a campaign, between campaigns, between browsers.

import {addEvent, below, find, newId} from './canvas-graph.js';
import {boundsOf, freeSpot} from './canvas-layout.js';
import {isAllowed, typeOf} from './canvas-types.js';

const format = 'martlet.events';

/** Returns the text of some events. */
export function copyText(doc, ids) {
  const events = doc.events.filter((event) => ids.has(event.id));
  return JSON.stringify({format, version: 1, campaign: doc.id, events});
}

/** Returns the copied events of a text; null for any other text. */
export function readCopy(text) {
  let copy;
  try {
    copy = JSON.parse(text);
  } catch {
    return null;
  }
  if (copy?.format !== format || !Array.isArray(copy.events) || copy.events.length === 0) return null;
  const isEvent = (event) => typeof event?.id === 'string' && typeof event.type === 'string' &&
    typeof event.name === 'string' && event.properties && event.trigger &&
    Number.isFinite(event.x) && Number.isFinite(event.y);
  return copy.events.every(isEvent) ? copy : null;
}

/** Returns the events of a copy that hang below none of its others. */
export function topsOf(copy) {
  const ids = new Set(copy.events.map((event) => event.id));
  return copy.events.filter((event) => !ids.has(event.parent));
}

/**
 * Adds copied events below one.
 *
 * @returns {{doc: object, ids: string[], refused: object[]}} The new events, and those that may not stand there.
 */
export function paste(doc, copy, parent, path) {
  const above = parent === null ? null : find(doc, parent);
  const place = above && above.kind !== 'action' ? path : null;
  const tops = topsOf(copy);
  const refused = tops.filter((event) => !isAllowed(event.type, above, place));
  const left = new Set(refused.flatMap((event) => [event.id, ...below(copy, event.id)]));
  const events = copy.events.filter((event) => !left.has(event.id));
  if (events.length === 0) return {doc, ids: [], refused};
  const names = new Map();
  let next = doc;
  for (const event of events) names.set(event.id, newId(doc));
  const corner = boundsOf({...doc, events}, false, events.map(({id}) => id));
  const block = events.map(({x, y}) => ({x: x - corner.x, y: y - corner.y}));
  const spot = freeSpot(doc, parent, place, block);
  for (const event of events) {
    const isTop = !names.has(event.parent);
    next = addEvent(next, {
      ...event,
      id: names.get(event.id),
      parent: isTop ? parent : names.get(event.parent),
      path: isTop ? place : event.path,
      kind: typeOf(event.type)?.kind ?? event.kind,
      properties: retarget(event, names, doc, copy),
      trigger: {...event.trigger},
      x: spot.x + event.x - corner.x,
      y: spot.y + event.y - corner.y,
    });
  }
  return {doc: next, ids: [...names.values()], refused};
}

/** A jump leads to the copy of its target, or to the target itself in the same campaign. */
function retarget(event, names, doc, copy) {
  const target = event.properties.jumpToEvent;
  if (event.type !== 'campaign.jump_to_event' || target === undefined) return {...event.properties};
  const known = copy.campaign === doc.id && find(doc, String(target)) ? String(target) : '';
  return {...event.properties, jumpToEvent: names.get(String(target)) ?? known};
}

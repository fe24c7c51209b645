// The campaign as the API reads and writes it (api.md 8.4).

import {emptyDocument, triggerDefaults} from './canvas-graph.js';
import {typeOf} from './canvas-types.js';
import {t} from './texts.js';

/**
 * Returns the document of a campaign.
 *
 * @returns {{doc: object, hasPositions: boolean}} Without positions the caller lays the events out.
 */
export function fromWire(campaign) {
  const canvas = Array.isArray(campaign.canvasSettings) ? {} : campaign.canvasSettings ?? {};
  const nodes = new Map((canvas.nodes ?? []).map((node) => [String(node.id), node]));
  const place = (id) => ({x: Number(nodes.get(id)?.positionX) || 0, y: Number(nodes.get(id)?.positionY) || 0});
  const events = (campaign.events ?? []).map((event) => ({
    id: String(event.id),
    parent: event.parent ? String(event.parent.id) : null,
    path: event.decisionPath ?? null,
    kind: event.eventType,
    type: event.type,
    name: event.name ?? '',
    description: event.description ?? '',
    order: event.order ?? 0,
    properties: Array.isArray(event.properties) ? {} : event.properties ?? {},
    trigger: readTrigger(event),
    ...place(String(event.id)),
  }));
  const named = (list, kind) => (list ?? []).map(({id, name}) => ({kind, id: String(id), name}));
  const doc = {
    ...emptyDocument(),
    id: String(campaign.id), version: campaign.version ?? null, name: campaign.name ?? '',
    description: campaign.description ?? '', category: campaign.category?.id ?? null,
    isPublished: campaign.isPublished, publishUp: campaign.publishUp, publishDown: campaign.publishDown,
    allowRestart: campaign.allowRestart,
    sources: [...named(campaign.lists, 'segment'), ...named(campaign.forms, 'form')],
    start: place(nodes.has('lists') ? 'lists' : 'forms'),
    events,
  };
  return {doc, hasPositions: events.every((event) => nodes.has(event.id)) && !isHeap(events)};
}

/** Whether cards lie on each other, as where a program has written positions that nobody was to look at. */
function isHeap(events) {
  const taken = new Set();
  return events.some(({x, y}) => {
    const cell = `${Math.round(x / 60)}:${Math.round(y / 40)}`;
    const isTaken = taken.has(cell);
    taken.add(cell);
    return isTaken;
  });
}

function readTrigger(event) {
  return {
    mode: event.triggerMode ?? null,
    interval: event.triggerInterval ?? triggerDefaults.interval,
    unit: event.triggerIntervalUnit ?? triggerDefaults.unit,
    hour: event.triggerHour ?? null,
    start: event.triggerRestrictedStartHour ?? null,
    stop: event.triggerRestrictedStopHour ?? null,
    days: event.triggerRestrictedDaysOfWeek ?? [],
    date: event.triggerDate ?? null,
    contactField: event.triggerContactField ?? null,
    offset: event.triggerOffset ?? 0,
    offsetUnit: event.triggerOffsetUnit ?? triggerDefaults.offsetUnit,
    ifPast: event.triggerIfPast ?? triggerDefaults.ifPast,
  };
}

function writeTrigger({trigger}) {
  const members = {
    triggerMode: trigger.mode, triggerInterval: trigger.interval, triggerIntervalUnit: trigger.unit,
    triggerHour: trigger.hour, triggerRestrictedStartHour: trigger.start,
    triggerRestrictedStopHour: trigger.stop, triggerRestrictedDaysOfWeek: trigger.days,
    triggerDate: trigger.date, triggerContactField: null,
  };
  if (trigger.mode !== 'contact_date') return members;
  return {
    ...members, triggerContactField: trigger.contactField, triggerOffset: trigger.offset,
    triggerOffsetUnit: trigger.offsetUnit, triggerIfPast: trigger.ifPast,
  };
}

/**
 * Returns the body of a save, and the ids of the document's events in the order of the canvas's nodes.
 *
 * @param {Set<string>} saved The ids that the server knows. Another number belongs to an event that was deleted and
 *   brought back by undo; it is sent as a new one.
 */
export function toWire(doc, saved) {
  const names = new Map(doc.events.map(({id}) => [id, saved.has(id) ? Number(id) : id]));
  for (const {id} of doc.events) {
    if (!saved.has(id) && !id.startsWith('new')) names.set(id, `new_again_${id}`);
  }
  const name = (id) => names.get(String(id)) ?? null;
  const events = doc.events.map((event) => ({
    id: name(event.id),
    name: nameOf(event),
    description: event.description || null,
    type: event.type,
    eventType: event.kind,
    order: event.order,
    properties: writeProperties(event, name),
    parent: event.parent === null ? null : name(event.parent),
    decisionPath: event.path,
    ...writeTrigger(event),
  }));
  const of = (kind) => doc.sources.filter((source) => source.kind === kind).map(({id}) => ({id: Number(id)}));
  const body = {
    name: doc.name, description: doc.description || null, category: doc.category, isPublished: doc.isPublished,
    publishUp: doc.publishUp, publishDown: doc.publishDown, allowRestart: doc.allowRestart,
    lists: of('segment'), forms: of('form'), events, canvasSettings: writeCanvas(doc, name),
  };
  if (doc.version !== null) body.version = doc.version;
  return {body, order: doc.events.map(({id}) => id)};
}

function writeProperties(event, name) {
  if (event.type !== 'campaign.jump_to_event') return event.properties;
  return {...event.properties, jumpToEvent: name(event.properties.jumpToEvent)};
}

/** Positions are whole numbers; the sources' card stands for the two nodes that other builders show. */
function writeCanvas(doc, name) {
  const round = ({x, y}) => ({positionX: Math.round(x), positionY: Math.round(y)});
  const nodes = doc.events.map((event) => ({id: name(event.id), ...round(event)}));
  const connections = [];
  for (const [id, kind] of [['lists', 'segment'], ['forms', 'form']]) {
    if (!doc.sources.some((source) => source.kind === kind)) continue;
    nodes.push({id, ...round(doc.start)});
    for (const event of doc.events.filter(({parent}) => parent === null)) {
      connections.push({
        sourceId: id, targetId: name(event.id), anchors: {source: 'leadsource', target: 'leadsource'},
      });
    }
  }
  for (const event of doc.events.filter(({parent}) => parent !== null)) {
    connections.push({
      sourceId: name(event.parent), targetId: name(event.id),
      anchors: {source: event.path ?? 'bottom', target: 'top'},
    });
  }
  return {nodes, connections};
}

/** Returns the new ids of events after a save, by those of the document. */
export function savedNames(order, campaign) {
  const nodes = campaign.canvasSettings?.nodes ?? [];
  return new Map(order.map((id, place) => [id, String(nodes[place]?.id ?? id)]));
}

/** The name of an event; without one that of its type. */
export function nameOf(event) {
  const type = typeOf(event.type);
  return event.name.trim() || (type ? t(type.label) : event.type);
}

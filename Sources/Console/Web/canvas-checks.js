// Problems that can be seen without asking the server, and the events that its own answers are about.

import {childrenOf, find} from './canvas-graph.js';
import {isAllowed, isBlank, pathsBelow, read, typeOf} from './canvas-types.js';
import {nameOf} from './canvas-wire.js';
import {t} from './texts.js';

/**
 * Returns the problems of a campaign.
 *
 * @returns {{id: ?string, level: string, text: string}[]} `id` is null for those of the whole; `level` is `error` for
 *   what the server refuses, else `warning`.
 */
export function check(doc) {
  const problems = [];
  const add = (id, level, text) => problems.push({id, level, text});
  if (!doc.name.trim()) add(null, 'error', t('The campaign has no name.'));
  if (doc.sources.length === 0) add('start', 'error', t('Add a segment or a form that contacts come from.'));
  if (doc.events.length === 0) add(null, 'error', t('Add at least one event.'));
  for (const event of doc.events) {
    const parent = event.parent === null ? null : find(doc, event.parent);
    checkProperties(doc, event, (level, text) => add(event.id, level, text));
    checkPlace(doc, event, parent, (level, text) => add(event.id, level, text));
    checkTrigger(event, parent, (level, text) => add(event.id, level, text));
  }
  return problems;
}

function checkProperties(doc, event, add) {
  const type = typeOf(event.type);
  if (!type) return add('warning', t('Events of the type {type} are not installed.', {type: event.type}));
  for (const field of type.fields) {
    if (field.required && isMissing(event, field)) add('error', t('“{field}” is missing.', {field: t(field.label)}));
  }
  for (const names of type.needs ?? []) {
    if (names.every((name) => isBlank(read(event.properties, name)))) add('error', t(type.needsText));
  }
  if (event.type === 'campaign.jump_to_event' && !isBlank(event.properties.jumpToEvent)) {
    const target = String(event.properties.jumpToEvent);
    if (target === event.id) add('error', t('It jumps to itself.'));
    else if (!find(doc, target)) add('error', t('The event that it jumps to is gone.'));
  }
  return undefined;
}

function isMissing(event, field) {
  if (field.kind === 'values') {
    const {_clear: cleared, ...values} = event.properties;
    return Object.keys(values).length === 0 && isBlank(cleared);
  }
  if (field.kind === 'comparison') return isBlank(event.properties.field);
  return isBlank(read(event.properties, field.name));
}

function checkPlace(doc, event, parent, add) {
  if (!isAllowed(event.type, parent, event.path)) {
    const place = typeOf(event.type)?.below;
    if (place) {
      add('error', place.path
        ? t('Stands only on the yes path of “{type}”.', {type: t(typeOf(place.type).label)})
        : t('Stands only directly below “{type}”.', {type: t(typeOf(place.type).label)}));
    } else {
      add('error', t('Nothing may hang below “{type}”.', {type: t(typeOf(parent.type).label)}));
    }
  }
  if (parent && parent.kind !== 'action' && !event.path) add('error', t('Choose the yes or the no path.'));
  if (event.kind !== 'action' && pathsBelow(event).length && childrenOf(doc, event.id).length === 0) {
    add('warning', t('Nothing follows, so the answer makes no difference.'));
  }
}

function checkTrigger(event, parent, add) {
  const {trigger} = event;
  const isNoPath = parent?.kind === 'decision' && event.path === 'no';
  if (isNoPath && trigger.mode === 'immediate') {
    if (event.kind === 'action') {
      add('error', t('Needs a delay: it is how long the decision waits for the contact.'));
    } else if (event.kind === 'condition') {
      add('warning', t('Asked at once, so the yes path can hardly be reached. Give it a delay.'));
    }
  }
  if (trigger.mode === 'date' && !trigger.date) add('error', t('Choose the date.'));
  if (trigger.mode === 'contact_date' && !trigger.contactField) add('error', t('Choose the date field of the contact.'));
  if (trigger.mode === 'interval' && !trigger.hour && Boolean(trigger.start) !== Boolean(trigger.stop)) {
    add('warning', t('The hours are ignored unless both begin and end are given.'));
  }
  checkRestart(event, add);
}

/** Restarting without a pause would loop endlessly (CAM-007). */
function checkRestart(event, add) {
  const {trigger} = event;
  const added = [event.properties.addTo ?? []].flat().map(String);
  if (event.type !== 'campaign.addremovelead' || !added.includes('this')) return;
  const isShort = trigger.mode === 'interval' && trigger.unit === 'i' && trigger.interval < 30;
  if (trigger.mode === 'immediate' || isShort) {
    add('error', t('An event that restarts its own campaign waits at least 30 minutes.'));
  }
}

/** Returns the problems of a refused save; messages begin with “name” (type) where they are about an event. */
export function fromAnswer(details, doc) {
  const problems = [];
  for (const [member, messages] of Object.entries(details)) {
    for (const message of [messages].flat()) {
      const ids = doc.events.filter((event) => message.startsWith(`“${nameOf(event)}” (${event.type})`));
      const isSource = member === 'lists' || member === 'forms';
      const text = ids.length ? plain(message.slice(message.indexOf('): ') + 3), ids[0]) : message;
      const places = ids.length ? ids.map(({id}) => id) : [isSource ? 'start' : null];
      for (const id of places) problems.push({id, level: 'refused', text});
    }
  }
  return problems;
}

/** Names a property as its input does. */
function plain(message, event) {
  const [, member, rest] = /^properties\.([\w.]+)(?:\[\d+\])?: (.*)$/s.exec(message) ?? [];
  const field = typeOf(event.type)?.fields.find(({name}) => name && name.split('.')[0] === member);
  return field ? `“${t(field.label)}” ${rest}` : message;
}

/** Returns the problems by card, the worst level first. */
export function byCard(problems) {
  const worst = {refused: 0, error: 1, warning: 2};
  const found = new Map();
  for (const problem of problems) {
    const list = found.get(problem.id) ?? [];
    if (!list.some(({text}) => text === problem.text)) list.push(problem);
    // The server's word makes the same one of ours needless.
    const isDoubt = ({level}) => level === 'error' && list.some((other) => other.level === 'refused');
    found.set(problem.id, list.filter((each) => !isDoubt(each)).sort((one, other) => worst[one.level] - worst[other.level]));
  }
  return found;
}

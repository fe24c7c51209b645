import {assert, test} from './harness.mjs';
import {
  addEvent, below, canCloseGap, canMove, childrenOf, emptyDocument, find, moveEvent, newEvent, places,
  removeAndClose, removeWithBelow, renameEvents, reorder, updateEvent,
} from '../../Sources/Console/Web/canvas-graph.js';
import {sample} from './sample.mjs';

test('a new event has the standard values of its type', () => {
  const event = newEvent(emptyDocument(), 'email.send', null, null);
  assert.deepEqual(event.properties, {email_type: 'marketing', priority: 2, attempts: 3});
  assert.equal(event.trigger.mode, 'immediate');
});

test('an action on the no path of a decision waits from the start', () => {
  const {doc, decision} = sample();
  assert.equal(newEvent(doc, 'lead.changetags', decision, 'no').trigger.mode, 'interval');
  assert.equal(newEvent(doc, 'lead.changetags', decision, 'yes').trigger.mode, 'immediate');
});

test('children come in their order, yes before no', () => {
  const {doc, decision, yes, no} = sample();
  assert.deepEqual(childrenOf(doc, decision).map(({id}) => id), [yes, no]);
  const moved = reorder(addEvent(doc, {...find(doc, yes), id: 'new99'}), 'new99', -1);
  assert.deepEqual(childrenOf(moved, decision).map(({id}) => id), ['new99', yes, no]);
});

test('ids are never used twice', () => {
  const doc = emptyDocument();
  const one = newEvent(doc, 'lead.changetags', null, null).id;
  assert.notEqual(newEvent(doc, 'lead.changetags', null, null).id, one);
});

test('an event goes with what hangs below it, or leaves its place to that', () => {
  const {doc, mail, decision, yes, no} = sample();
  assert.deepEqual(removeWithBelow(doc, [decision]).events.map(({id}) => id), [mail]);
  assert.deepEqual(below(doc, mail), [decision, yes, no]);
  assert.equal(canCloseGap(doc, decision), true);
  const closed = removeAndClose(doc, decision);
  assert.deepEqual(childrenOf(closed, mail).map(({id, path}) => [id, path]), [[yes, null], [no, null]]);
  // Opening an e-mail makes no sense without it.
  assert.equal(canCloseGap(doc, mail), false);
});

test('an event cannot move below itself, nor where its type may not stand', () => {
  const {doc, mail, decision, yes} = sample();
  assert.equal(canMove(doc, mail, yes, null), false);
  assert.equal(canMove(doc, decision, null, null), false);
  assert.equal(canMove(doc, yes, decision, 'no'), true);
  assert.equal(find(moveEvent(doc, yes, decision, 'no'), yes).path, 'no');
});

test('nothing can be added below a jump', () => {
  const {doc, yes} = sample();
  const jump = addEvent(doc, newEvent(doc, 'campaign.jump_to_event', yes, null));
  const id = jump.events.at(-1).id;
  assert.equal(places(jump).some(({parent}) => parent === id), false);
  assert.equal(places(doc).filter(({isTaken}) => !isTaken).length, 2);
});

test('renaming follows parents and jumps', () => {
  const {doc, mail, yes} = sample();
  const jump = newEvent(doc, 'campaign.jump_to_event', yes, null);
  const full = addEvent(doc, {...jump, properties: {jumpToEvent: mail}});
  const named = renameEvents(full, new Map([[mail, '7'], [jump.id, '8']]));
  assert.equal(find(named, '8').properties.jumpToEvent, '7');
  assert.equal(childrenOf(named, '7').length, 1);
});

test('documents are never changed in place', () => {
  const {doc, mail} = sample();
  const before = JSON.stringify(doc);
  updateEvent(doc, mail, {name: 'Other'});
  removeWithBelow(doc, [mail]);
  assert.equal(JSON.stringify(doc), before);
});

import {assert, test} from './harness.mjs';
import {check, fromAnswer} from '../../Sources/Console/Web/canvas-checks.js';
import {copyText, paste, readCopy} from '../../Sources/Console/Web/canvas-clipboard.js';
import {addEvent, childrenOf, emptyDocument, find, newEvent, updateEvent, updateTrigger} from '../../Sources/Console/Web/canvas-graph.js';
import {tidy} from '../../Sources/Console/Web/canvas-layout.js';
import {fromWire, savedNames, toWire} from '../../Sources/Console/Web/canvas-wire.js';
import {delay, summary} from '../../Sources/Console/Web/canvas-text.js';
import {isAllowed, read, types, write} from '../../Sources/Console/Web/canvas-types.js';
import {sample} from './sample.mjs';

test('a campaign is written whole and read back', () => {
  const {doc, mail, decision} = sample();
  const {body, order} = toWire(tidy(doc), new Set());
  assert.equal(body.events[1].parent, mail);
  assert.equal(body.events[2].decisionPath, 'yes');
  assert.deepEqual(body.lists, [{id: 1}]);
  assert.deepEqual(body.canvasSettings.connections[1], {
    sourceId: mail, targetId: decision, anchors: {source: 'bottom', target: 'top'},
  });
  // The server answers with numbers and whole parents.
  const answer = JSON.parse(JSON.stringify({...body, id: 5, version: 1, lists: [{id: 1, name: 'Readers'}]}));
  const number = (id) => 10 + order.indexOf(id);
  for (const event of answer.events) {
    event.id = number(event.id);
    event.parent = event.parent ? {id: number(event.parent)} : null;
  }
  for (const node of answer.canvasSettings.nodes) if (order.includes(node.id)) node.id = number(node.id);
  const names = savedNames(order, answer);
  assert.equal(names.get(mail), '10');
  const {doc: read, hasPositions} = fromWire(answer);
  assert.equal(hasPositions, true);
  assert.equal(childrenOf(read, '11').length, 2);
  assert.equal(toWire(read, new Set(['10', '11', '12', '13'])).body.events[0].id, 10);
});

test('cards that a program has heaped up count as without positions', () => {
  const {body} = toWire(tidy(sample().doc), new Set());
  for (const node of body.canvasSettings.nodes) Object.assign(node, {positionX: '1', positionY: '2'});
  assert.equal(fromWire({...body, id: 5}).hasPositions, false);
});

test('an event that undo brought back is sent as a new one', () => {
  const doc = {...emptyDocument(), events: [{...newEvent(emptyDocument(), 'lead.changetags', null, null), id: '7'}]};
  assert.equal(toWire(doc, new Set()).body.events[0].id, 'new_again_7');
  assert.equal(toWire(doc, new Set(['7'])).body.events[0].id, 7);
});

test('what is missing is told at the card', () => {
  const {doc, mail, no} = sample();
  assert.deepEqual(check(doc), []);
  const without = updateEvent(doc, mail, {properties: {}});
  assert.deepEqual(check(without), [{id: mail, level: 'error', text: '“E-mail” is missing.'}]);
  const hasty = updateTrigger(doc, no, {mode: 'immediate'});
  assert.equal(check(hasty)[0].id, no);
  assert.equal(check(emptyDocument()).length, 3);
});

test('a decision without anything below it is told', () => {
  const {doc, yes, no} = sample();
  const bare = {...doc, events: doc.events.filter(({id}) => id !== yes && id !== no)};
  assert.equal(check(bare)[0].level, 'warning');
});

test('a restart of the same campaign waits at least half an hour', () => {
  const {doc, yes} = sample();
  const event = {...newEvent(doc, 'campaign.addremovelead', yes, null), properties: {addTo: ['this']}};
  const hasty = addEvent(doc, event);
  assert.equal(check(hasty).length, 1);
  assert.equal(check(updateTrigger(hasty, event.id, {mode: 'interval', interval: 29, unit: 'i'})).length, 1);
  assert.equal(check(updateTrigger(hasty, event.id, {mode: 'interval', interval: 1, unit: 'h'})).length, 0);
});

test('refusals of the server find their events', () => {
  const {doc, mail} = sample();
  const problems = fromAnswer({
    events: ['“Send an e-mail” (email.send): properties.email: there is no 3', 'something else'],
    lists: ['is required'],
  }, doc);
  assert.deepEqual(problems, [
    {id: mail, level: 'refused', text: '“E-mail” there is no 3'},
    {id: null, level: 'refused', text: 'something else'},
    {id: 'start', level: 'refused', text: 'is required'},
  ]);
});

test('copies hang together under new ids', () => {
  const {doc, decision, yes, no, mail} = sample();
  const copy = readCopy(copyText(doc, new Set([decision, yes, no])));
  const {doc: next, ids, refused} = paste(doc, copy, mail, null);
  assert.equal(refused.length, 0);
  assert.equal(next.events.length, 7);
  const [top] = ids;
  assert.equal(find(next, top).parent, mail);
  assert.deepEqual(childrenOf(next, top).map(({path}) => path), ['yes', 'no']);
  // Opening stands only below an e-mail.
  assert.equal(paste(doc, copy, yes, null).refused.length, 1);
  assert.equal(readCopy('{"format":"other"}'), null);
  assert.equal(readCopy('no JSON'), null);
  assert.equal(readCopy('{"format":"martlet.events","events":[{"id":1}]}'), null);
});

test('a copied jump leads to the copy of its target', () => {
  const {doc, mail, yes} = sample();
  const jump = {...newEvent(doc, 'campaign.jump_to_event', yes, null), properties: {jumpToEvent: mail}};
  const full = addEvent(doc, jump);
  const all = paste(full, readCopy(copyText(full, new Set(full.events.map(({id}) => id)))), null, null);
  const target = all.doc.events.at(-1).properties.jumpToEvent;
  assert.ok(all.ids.includes(target));
  const other = paste({...full, id: '9'}, readCopy(copyText(full, new Set([jump.id]))), yes, null);
  assert.equal(other.doc.events.at(-1).properties.jumpToEvent, '');
});

test('delays and contents are told in words', () => {
  const {doc, no, yes} = sample();
  const event = updateTrigger(doc, no, {interval: 2, start: '09:00', stop: '17:00', days: [1, 2, 3, 4, 5]});
  assert.equal(delay(find(event, no)), '2 days · 09:00–17:00 · Mon–Fri');
  assert.equal(summary(doc, find(doc, yes), String), '+ keen');
});

test('every type has a name, a kind and an explanation', () => {
  for (const type of types) {
    assert.ok(type.label && type.icon && type.about, type.type);
    assert.ok(['action', 'decision', 'condition'].includes(type.kind));
    if (type.needs) assert.ok(type.needsText, type.type);
  }
  assert.equal(new Set(types.map(({type}) => type)).size, types.length);
  assert.equal(isAllowed('email.open', null, null), false);
  assert.equal(isAllowed('tracking.pixel.send', {type: 'page.pagehit'}, 'no'), false);
});

test('nested properties are read and written', () => {
  const written = write({a: 1}, 'urls.list', ['x']);
  assert.deepEqual(written, {a: 1, urls: {list: ['x']}});
  assert.deepEqual(read(written, 'urls.list'), ['x']);
  assert.deepEqual(write(written, 'urls.list', undefined), {a: 1});
});

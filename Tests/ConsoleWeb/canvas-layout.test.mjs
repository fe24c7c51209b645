import {assert, test} from './harness.mjs';
import {copyText, paste, readCopy} from '../../Sources/Console/Web/canvas-clipboard.js';
import {addEvent, find, newEvent} from '../../Sources/Console/Web/canvas-graph.js';
import {boundsOf, card, freeSpot, isTidy, neighbour, tidy, within} from '../../Sources/Console/Web/canvas-layout.js';
import {sample} from './sample.mjs';

function overlaps(doc) {
  return doc.events.some((one, place) => doc.events.slice(place + 1).some((other) =>
    Math.abs(one.x - other.x) < card.width && Math.abs(one.y - other.y) < card.height));
}

test('tidying puts children below their parents, yes left of no, and no card on another', () => {
  const {doc, mail, decision, yes, no} = sample();
  const tidied = tidy(doc);
  assert.ok(tidied.start.y < find(tidied, mail).y);
  assert.ok(find(tidied, mail).y < find(tidied, decision).y);
  assert.equal(find(tidied, yes).y, find(tidied, no).y);
  assert.ok(find(tidied, yes).x + card.width < find(tidied, no).x);
  assert.equal(overlaps(tidied), false);
  assert.equal(isTidy(tidied), true);
  assert.equal(isTidy({...tidied, events: tidied.events.map((event) => ({...event, x: event.x * 2}))}), false);
});

test('new cards find a spot of their own', () => {
  let doc = tidy(sample().doc);
  const {decision} = sample();
  const parent = doc.events[1].id;
  assert.ok(parent !== decision);
  for (let count = 0; count < 12; count += 1) {
    const path = count % 2 ? 'yes' : 'no';
    doc = addEvent(doc, {...newEvent(doc, 'lead.changetags', parent, path), ...freeSpot(doc, parent, path)});
  }
  assert.equal(overlaps(doc), false);
});

test('a pasted block stands beside what is there', () => {
  let doc = tidy(sample().doc);
  const copy = readCopy(copyText(doc, new Set(doc.events.map(({id}) => id))));
  for (let count = 0; count < 4; count += 1) ({doc} = paste(doc, copy, null, null));
  assert.equal(doc.events.length, 20);
  assert.equal(overlaps(doc), false);
});

test('arrow keys and the rubber band find cards', () => {
  const {doc: plain, mail, yes, no} = sample();
  const doc = tidy(plain);
  assert.equal(neighbour(doc, yes, 1, 0), no);
  assert.equal(neighbour(doc, 'start', 0, -1), null);
  assert.equal(neighbour(doc, 'start', 0, 1), mail);
  assert.equal(within(doc, boundsOf(doc)).length, 5);
  const {x, y} = find(doc, no);
  assert.deepEqual(within(doc, {x: x + 5, y: y + 5, width: 1, height: 1}), [no]);
});

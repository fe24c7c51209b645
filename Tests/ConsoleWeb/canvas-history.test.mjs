import {assert, test} from './harness.mjs';
import {begin, canRedo, canUndo, mapStates, push, redo, seal, undo} from '../../Sources/Console/Web/canvas-history.js';

test('steps are undone and redone in turn', () => {
  let history = push(push(begin('a'), 'b'), 'c');
  history = undo(history);
  assert.equal(history.present, 'b');
  history = undo(history);
  assert.equal(history.present, 'a');
  assert.equal(canUndo(history), false);
  assert.equal(undo(history), history);
  history = redo(redo(history));
  assert.equal(history.present, 'c');
  assert.equal(canRedo(history), false);
});

test('a change after an undo forgets what was undone', () => {
  const history = push(undo(push(begin('a'), 'b')), 'c');
  assert.equal(canRedo(history), false);
  assert.equal(undo(history).present, 'a');
});

test('changes with one key are one step until it is sealed', () => {
  let history = push(push(push(begin(''), 'n', 'name'), 'na', 'name'), 'nam', 'name');
  assert.equal(undo(history).present, '');
  history = push(seal(history), 'name', 'name');
  assert.equal(undo(history).present, 'nam');
});

test('nothing changed is no step', () => {
  const history = begin('a');
  assert.equal(push(history, 'a'), history);
});

test('the oldest steps are forgotten', () => {
  let history = begin(0);
  for (let number = 1; number <= 500; number += 1) history = push(history, number);
  assert.equal(history.past.length, 200);
  assert.equal(undo(history).present, 499);
});

test('all states can be changed', () => {
  const history = mapStates(undo(push(push(begin(1), 2), 3)), (state) => state * 10);
  assert.deepEqual([history.past, history.present, history.future], [[10], 20, [30]]);
});

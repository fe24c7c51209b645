import assert from 'node:assert/strict';
import {test} from 'node:test';
import {History} from '../../Sources/Console/Web/segment-history.js';
import {
  addRow, changeRow, duplicateGroup, duplicateRow, moveRow, problemsByRow, readFilters, removeGroup, removeRow, stepRow,
  writeFilters,
} from '../../Sources/Console/Web/segment-model.js';

const filter = (field, glue = 'and', value = 'x') => ({
  glue, field, object: 'lead', type: 'text', operator: '=', properties: {filter: value},
});
const sample = () => readFilters([filter('a'), filter('b'), filter('c', 'or'), filter('d')]);
const fields = (state) => state.groups.map((group) => group.rows.map((row) => row.field).join(' '));
const id = (state, field) => state.groups.flatMap((group) => group.rows).find((row) => row.field === field).id;

test('SEG-10: "or" opens a group; the glue of the first filter means nothing', () => {
  assert.deepEqual(fields(sample()), ['a b', 'c d']);
  assert.deepEqual(fields(readFilters([filter('a', 'or'), filter('b', 'OR')])), ['a', 'b']);
  assert.deepEqual(readFilters([]).groups, []);
});

test('filters that nobody edits go back as they came', () => {
  const filters = [filter('a'), {...filter('b', 'or'), filter: 'x', display: null, odd: 1}];
  assert.deepEqual(writeFilters(readFilters(filters)).filters, filters);
});

test('SEG-02: the value inside of properties wins over an older one beside them', () => {
  const [{rows}] = readFilters([{...filter('a'), properties: {filter: null}, filter: 'old'}]).groups;
  assert.equal(rows[0].value, null);
  const [{rows: older}] = readFilters([{...filter('a'), properties: [], filter: 'old', display: 'Old'}]).groups;
  assert.deepEqual([older[0].value, older[0].display], ['old', 'Old']);
});

test('a change keeps further members of properties and does not touch the old state', () => {
  const state = readFilters([{...filter('event_count'), properties: {filter: 3, event: 'Order *', days: 30}}]);
  const changed = changeRow(state, id(state, 'event_count'), {value: 4});
  assert.deepEqual(writeFilters(changed).filters[0].properties, {event: 'Order *', days: 30, filter: 4, display: null});
  assert.equal(writeFilters(state).filters[0].properties.filter, 3);
});

test('rows without a field are not written; the next one opens the group then', () => {
  let state = sample();
  state = changeRow(state, id(state, 'c'), {field: ''});
  const {filters, rows} = writeFilters(state);
  assert.deepEqual(filters.map(({glue, field}) => `${glue} ${field}`), ['and a', 'and b', 'or d']);
  assert.equal(rows[2], id(state, 'd'));
});

test('a group goes with its last row', () => {
  let state = sample();
  state = removeRow(removeRow(state, id(state, 'a')), id(state, 'b'));
  assert.deepEqual(fields(state), ['c d']);
  assert.deepEqual(fields(removeGroup(state, state.groups[0].id)), []);
});

test('rows are added to a group or open one; copies stand behind what they are of', () => {
  const state = sample();
  assert.deepEqual(fields(addRow(state, state.groups[0].id)), ['a b ', 'c d']);
  assert.deepEqual(fields(addRow(state)), ['a b', 'c d', '']);
  assert.deepEqual(fields(duplicateRow(state, id(state, 'a')).state), ['a a b', 'c d']);
  const copy = duplicateGroup(state, state.groups[0].id);
  assert.deepEqual(fields(copy.state), ['a b', 'a b', 'c d']);
  assert.equal(copy.id, copy.state.groups[1].rows[0].id);
});

test('a row moves before another place, in its group and into others', () => {
  const state = sample();
  const [first, second] = state.groups;
  assert.deepEqual(fields(moveRow(state, id(state, 'a'), first.id, 2)), ['b a', 'c d']);
  assert.deepEqual(fields(moveRow(state, id(state, 'b'), first.id, 0)), ['b a', 'c d']);
  assert.deepEqual(fields(moveRow(state, id(state, 'd'), first.id, 1)), ['a d b', 'c']);
  assert.equal(moveRow(state, id(state, 'a'), first.id, 1), state);
  const single = removeRow(state, id(state, 'b'));
  assert.deepEqual(fields(moveRow(single, id(state, 'a'), second.id, 2)), ['c d a']);
});

test('by keyboard a row goes through all groups, and at the ends into one of its own', () => {
  let state = sample();
  const row = id(state, 'b');
  const seen = [];
  for (const step of [1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1]) {
    state = stepRow(state, row, step);
    seen.push(fields(state).join(' | '));
  }
  assert.deepEqual(seen, [
    'a | b c d', 'a | c b d', 'a | c d b', 'a | c d | b', 'a | c d | b', 'a | c d b', 'a | c b d', 'a | b c d', 'a b | c d',
    'b a | c d', 'b | a | c d',
  ]);
});

test('messages find their rows by the index that was sent', () => {
  const {byRow, others} = problemsByRow(
    {'filters[1].operator': ['value is not valid'], 'filters[1]': ['odd'], filters: ['a circle'], 'filters[9].x': ['lost']},
    ['one', 'two']);
  assert.deepEqual([...byRow], [['two', [
    {member: 'operator', message: 'value is not valid'}, {member: '', message: 'odd'},
  ]]]);
  assert.deepEqual(others, ['a circle', 'lost']);
});

test('what is typed into one input is one step of undoing', () => {
  const history = new History('a');
  history.push('ab', 'input');
  history.push('abc', 'input');
  history.push('abcd', 'other');
  history.pause();
  history.push('abcde', 'other');
  assert.equal(history.push('abcde'), false);
  const states = [];
  while (history.undo()) states.push(history.state);
  assert.deepEqual(states, ['abcd', 'abc', 'a']);
  assert.equal(history.redo() && history.state, 'abc');
  history.push('new');
  assert.equal(history.redo(), false);
});

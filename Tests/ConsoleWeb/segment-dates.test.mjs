import assert from 'node:assert/strict';
import {test} from 'node:test';
import {RANGES, readDate, startingDate, writeDate} from '../../Sources/Console/Web/segment-dates.js';

test('SEG-43: days and moments', () => {
  assert.deepEqual(readDate('2024-03-01'), {mode: 'absolute', day: '2024-03-01', time: ''});
  assert.deepEqual(readDate('2024-03-01 08:30:15'), {mode: 'absolute', day: '2024-03-01', time: '08:30'});
  assert.equal(writeDate(readDate('2024-03-01 08:30')), '2024-03-01 08:30');
  assert.deepEqual(readDate(null), {mode: 'absolute', day: '', time: ''});
});

test('offsets in every form are read, and written in the signed one', () => {
  const forms = {
    '-3 days': '-3 days', '3 days ago': '-3 days', '+1 month': '+1 month', '1 month': '+1 month', '- 2 weeks': '-2 weeks',
    '1 year ago': '-1 year',
  };
  for (const [text, written] of Object.entries(forms)) {
    assert.equal(readDate(text).mode, 'offset', text);
    assert.equal(writeDate(readDate(text)), written);
  }
  assert.equal(writeDate({mode: 'offset', number: NaN, unit: 'day', past: true}), '');
  assert.equal(writeDate({mode: 'offset', number: 1.5, unit: 'day', past: true}), '');
});

test('SEG-51: named ranges are lower case exactly', () => {
  for (const name of RANGES) assert.deepEqual(readDate(name), {mode: 'range', name});
  assert.equal(readDate('Today').mode, 'other');
});

test('SEG-54: anniversaries with and without an offset', () => {
  assert.deepEqual(readDate('birthday'), {mode: 'anniversary', number: 0, unit: 'day', past: false});
  assert.equal(writeDate(readDate('birthday -7 days')), 'anniversary -7 days');
  assert.equal(writeDate(readDate('anniversary')), 'anniversary');
});

test('other words stay as they are', () => {
  for (const text of ['first day of next month', 'birthday soon', '-3 days ago']) {
    assert.deepEqual(readDate(text), {mode: 'other', text});
    assert.equal(writeDate(readDate(text)), text);
  }
});

test('each mode begins with a value that can be sent, but for those that must be typed', () => {
  for (const mode of ['range', 'offset', 'anniversary']) assert.notEqual(writeDate(startingDate(mode)), '');
  for (const mode of ['absolute', 'other']) assert.equal(writeDate(startingDate(mode)), '');
});

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
  FilterFields, convertValue, editorOf, isComplete, isOpen, startingOperator, valuesOf,
} from '../../Sources/Console/Web/segment-fields.js';
import {findChoices, readRecords} from '../../Sources/Console/Web/segment-lookups.js';
import {describeContact} from '../../Sources/Console/Web/segment-preview.js';

const operators = (...names) => names.map((operator) => ({operator, label: operator}));
const field = (name, kind, more = {}) => ({
  field: name, object: 'lead', type: kind, kind, label: name, operators: operators('empty', '=', 'in'), ...more,
});
const answer = {
  sections: [
    {key: 'contact', label: 'Contact fields', filters: [
      field('email', 'text', {label: 'E-mail', type: 'email', operators: operators('empty', '=', 'contains', 'in')}),
      field('country', 'choice', {label: 'Country', type: 'country'}),
      field('interests', 'options', {
        label: 'Interests', operators: operators('in', 'in_all', '!in'), choices: [{value: 'a', label: 'A'}],
      }),
    ]},
    {key: 'record', label: 'Contact record', filters: [
      field('tags', 'records', {label: 'Tags', type: 'tags'}), field('points', 'number', {label: 'Points'}),
      field('stage', 'record', {label: 'Stage', type: 'stage'}),
    ]},
    {key: 'email', label: 'E-mail behavior', filters: [
      field('sent', 'datetime', {object: 'behaviors', label: 'Date an e-mail was sent', operators: operators('=', 'gte')}),
    ]},
    {key: 'company', label: 'Primary company', filters: [field('country', 'choice', {object: 'company', label: 'Country'})]},
  ],
  lookups: {
    tags: {path: '/api/tags', member: 'tags', value: 'id', label: ['tag'], search: 'search'},
    stage: {path: '/api/stages', member: 'stages', value: 'id', label: ['name'], search: 'search'},
    country: {choices: [{value: 'Norway', label: 'Norway'}]},
  },
};
const fields = new FilterFields(answer);
const named = (name, object = 'lead') => fields.of({object, field: name});
const found = (text) => fields.search(text).flatMap((section) => section.fields.map(({label}) => label));

test('SEG-03: behaviors are found under lead; companies are others', () => {
  assert.equal(named('sent', 'lead'), named('sent', 'behaviors'));
  assert.notEqual(named('country', 'company'), named('country'));
  assert.equal(named('gone'), undefined);
});

test('fields are found by the beginnings of their names first, then by headings', () => {
  assert.equal(found('poi')[0], 'Points');
  assert.deepEqual(found('e-mail'), ['E-mail', 'Date an e-mail was sent']);
  assert.equal(found('mail sent')[0], 'Date an e-mail was sent');
  assert.deepEqual(found('company'), ['Country']);
  assert.deepEqual(found('nothing'), []);
  assert.equal(found('').length, 8);
});

test('operators have an order; the current one stays even where it is no longer offered', () => {
  assert.deepEqual(named('email').operators.map(({operator}) => operator), ['=', 'in', 'contains', 'empty']);
  assert.deepEqual(fields.operators(named('email'), 'gt').at(-1), {operator: 'gt', label: 'gt'});
});

test('SEG-36: "in" of a field with several options is offered only where it is in use', () => {
  const offered = (current) => fields.operators(named('interests'), current).map(({operator}) => operator);
  assert.deepEqual(offered('in_all'), ['in_all', '!in']);
  assert.deepEqual(offered('in'), ['in', 'in_all', '!in']);
});

test('fields begin with the operator that is mostly meant', () => {
  assert.equal(startingOperator(named('email')), 'contains');
  assert.equal(startingOperator(named('interests')), 'in_all');
  assert.equal(startingOperator(named('sent')), 'gte');
  assert.equal(startingOperator(named('points')), '=');
});

test('each value has its editor', () => {
  const editors = [
    ['email', '=', 'text'], ['email', 'in', 'words'], ['email', 'like', 'pattern'], ['email', 'regexp', 'regexp'],
    ['email', 'empty', 'none'], ['country', '=', 'one'], ['country', 'in', 'many'], ['tags', 'in', 'many'],
    ['stage', '=', 'one'], ['points', 'gt', 'number'], ['points', 'between', 'numbers'], ['points', 'contains', 'text'],
    ['sent', 'gte', 'date'], ['sent', 'between', 'dates'], ['gone', '=', 'text'],
  ];
  for (const [name, operator, editor] of editors) assert.equal(editorOf(named(name), operator), editor, `${name} ${operator}`);
});

test('values that no list has may be typed where the API takes them', () => {
  assert.equal(isOpen(named('email')), true);
  assert.equal(isOpen(named('country')), false);
  assert.equal(isOpen(named('stage')), false);
  assert.equal(isOpen({kind: 'choice', type: 'region'}), true);
});

test('as much of a value is kept as the next editor can show', () => {
  assert.deepEqual(convertValue('Oslo', 'one', 'many'), ['Oslo']);
  assert.equal(convertValue(['Oslo', 'Bergen'], 'many', 'one'), 'Oslo');
  assert.equal(convertValue('a|b', 'text', 'pattern'), 'a|b');
  assert.deepEqual(convertValue(5, 'number', 'numbers'), [5, '']);
  assert.equal(convertValue([5, 9], 'numbers', 'number'), 5);
  assert.equal(convertValue('x', 'text', 'none'), null);
  assert.equal(convertValue('x', 'text', 'boolean'), 1);
  assert.deepEqual(convertValue('x', 'other', 'many'), []);
});

test('SEG-30: lists may be texts with a bar between values, or objects with numbers', () => {
  assert.deepEqual(valuesOf(' a | b |'), ['a', 'b']);
  assert.deepEqual(valuesOf({0: 'a', 1: 'b'}), ['a', 'b']);
  assert.deepEqual(valuesOf(0), ['0']);
  assert.deepEqual(valuesOf(null), []);
});

test('a row is complete with a value where one is needed', () => {
  const row = (name, operator, value) => isComplete({field: name, object: 'lead', operator, value}, fields);
  assert.equal(row('email', 'empty', null), true);
  assert.equal(row('email', '=', ''), false);
  assert.equal(row('points', '=', 0), true);
  assert.equal(row('points', 'between', [1, '']), false);
  assert.equal(row('points', 'between', [0, 1]), true);
  assert.equal(row('tags', 'in', []), false);
  assert.equal(row('', '', null), false);
});

test('choices are found by label and value, whatever the accents', () => {
  const choices = [{value: 'se', label: 'Sweden'}, {value: 'pt_BR', label: 'pt_BR'}, {value: 'ci', label: 'Côte d’Ivoire'}];
  assert.deepEqual(findChoices(choices, 'cote').map(({value}) => value), ['ci']);
  assert.deepEqual(findChoices(choices, 'BR').map(({value}) => value), ['pt_BR']);
  assert.equal(findChoices(choices, ' ').length, 3);
});

test('records are read from lists with and without a member, names of several parts too', () => {
  assert.deepEqual(readRecords(answer.lookups.tags, {tags: {3: {id: 3, tag: 'vip'}}}), [{value: 3, label: 'vip'}]);
  assert.deepEqual(readRecords(answer.lookups.tags, {tags: []}), []);
  const owners = {member: null, value: 'id', label: ['firstName', 'lastName']};
  assert.deepEqual(
    readRecords(owners, [{id: 1, firstName: 'Ada', lastName: ''}, {id: 2, firstName: '', lastName: ''}]),
    [{value: 1, label: 'Ada'}, {value: 2, label: '#2'}]);
});

test('a contact is shown by name, else by address, else as a visitor', () => {
  assert.deepEqual(describeContact({id: 1, firstname: 'Ada', email: 'a@b.example'}), {name: 'Ada', hint: 'a@b.example'});
  assert.deepEqual(describeContact({id: 1, email: 'a@b.example', city: 'Oslo'}), {name: 'a@b.example', hint: 'Oslo'});
  assert.deepEqual(describeContact({id: 9}), {name: 'Visitor 9', hint: ''});
});

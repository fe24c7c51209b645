// <segment-builder name="filters"><textarea name="filters">[…]</textarea></segment-builder>
//
// Edits the filters of a segment, or of a dynamic content with the attribute `no-preview`. The form gets their JSON as
// `name`; without script it has the text area. Further attributes: `segment-id`, and `problems`, the messages by member
// of the answer that refused the form. Fires `change`; the property `filters` reads and replaces them.
import {api} from './api.js';
import {h, icon, iconButton, replace} from './segment-dom.js';
import {letDrag} from './segment-drag.js';
import {FilterFields, isComplete} from './segment-fields.js';
import {GroupView} from './segment-group.js';
import {History} from './segment-history.js';
import {
  addRow, changeRow, duplicateGroup, duplicateRow, emptyRow, moveRow, placeOf, problemsByRow, readFilters, removeGroup, removeRow,
  rowOf, stepRow, writeFilters,
} from './segment-model.js';
import {Preview} from './segment-preview.js';
import {RowView} from './segment-row.js';
import {t} from './texts.js';

let offered = null;

/** Asks once a page which filters there are. */
function loadFields() {
  offered ??= api('GET', '/api/segments/filters').then((answer) => new FilterFields(answer));
  offered.catch(() => {
    offered = null;
  });
  return offered;
}

export class SegmentBuilder extends HTMLElement {
  fields = null;
  #history = null;
  #rows = new Map();
  #groups = new Map();
  #problems = new Map();
  #preview = null;
  #output;
  #list;
  #empty;
  #or;
  #live;
  #undo;
  #redo;
  #submit = null;

  async connectedCallback() {
    if (this.#history) return this.#listen();
    const area = this.querySelector('textarea');
    const note = h('p', {class: 'hint', role: 'status'}, t('Loading the fields…'));
    this.append(note);
    try {
      const filters = JSON.parse(area?.value.trim() || '[]');
      this.fields = await loadFields();
      this.#history = new History(readFilters(filters));
      this.#build(area);
    } catch (error) {
      // The text area stays, so that nothing is lost.
      this.classList.add('failed');
      note.className = 'error';
      note.textContent = t('The filters are shown as text: {reason}', {reason: error.message});
    }
  }

  disconnectedCallback() {
    this.#submit?.abort();
  }

  get segment() {
    return this.getAttribute('segment-id');
  }

  /** The filters in the form of the contract. */
  get filters() {
    return this.#history ? writeFilters(this.#history.state).filters : JSON.parse(this.querySelector('textarea')?.value || '[]');
  }

  set filters(filters) {
    if (!this.#history) {
      this.querySelector('textarea').value = JSON.stringify(filters);
      return;
    }
    this.#history.push(readFilters(filters));
    this.#changed();
    this.#render();
  }

  #build(area) {
    this.#output = h('input', {type: 'hidden', name: this.getAttribute('name') ?? area?.name ?? 'filters'});
    this.#live = h('p', {class: 'sr', role: 'status', 'aria-live': 'polite'});
    this.#undo = iconButton('undo', t('Undo'), {onclick: () => this.#travel('undo')});
    this.#redo = iconButton('redo', t('Redo'), {onclick: () => this.#travel('redo')});
    this.#list = h('div', {class: 'segment-groups'});
    this.#or = h('button', {type: 'button', class: 'button segment-or-button', onclick: () => this.#add(null)},
      icon('plus'), t('Add a group with “or”'));
    this.#empty = h('div', {class: 'segment-empty'}, h('p', {class: 'segment-empty-head'}, t('No filters yet')),
      h('p', {class: 'hint'}, t('Choose a field, a comparison and a value.')),
      h('button', {type: 'button', class: 'button primary', onclick: () => this.#add(null)}, icon('plus'), t('Add a filter')));
    const editor = h('div', {class: 'segment-editor', role: 'group', 'aria-label': t('Filters')},
      h('div', {class: 'segment-toolbar'}, h('p', {class: 'hint'}, t('A contact must match all filters of at least one group.')),
        h('div', {class: 'segment-history'}, this.#undo, this.#redo)),
      this.#list, this.#empty, this.#or, this.#live, this.#output);
    if (!this.hasAttribute('no-preview')) {
      this.#preview = new Preview({segment: this.segment, report: (details, rows) => this.#report(details, rows)});
    }
    this.replaceChildren(h('div', {class: 'segment-layout'}, editor, this.#preview?.element));
    letDrag(this.#list, (row, group, index) => this.#apply(moveRow(this.#history.state, row, group, index), row, 'handle'));
    this.addEventListener('keydown', (event) => this.#onKey(event));
    this.addEventListener('focusout', () => this.#history.pause());
    this.#listen();
    this.#changed(true);
    this.#render();
    this.#showOwnProblems();
  }

  /** Keeps the form from being sent with an unfinished filter. */
  #listen() {
    const form = this.closest('form');
    if (!form || !this.#history) return;
    this.#submit = new AbortController();
    form.addEventListener('submit', (event) => this.#check(event), {capture: true, signal: this.#submit.signal});
  }

  #check(event) {
    const unfinished = this.#unfinished().filter((row) => row.field);
    if (unfinished.length === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#problems = new Map(unfinished.map((row) => [row.id, [{member: 'filter', message: t('A value is needed.')}]]));
    this.#showProblems();
    this.#rows.get(unfinished[0].id).focusValue();
  }

  #unfinished() {
    return this.#history.state.groups.flatMap(({rows}) => rows).filter((row) => !row.source && !isComplete(row, this.fields));
  }

  /** Changes a row that shows the change already; returns its new state. */
  change(id, members, key) {
    this.#history.push(changeRow(this.#history.state, id, members), key);
    // With a preview messages stay until it answers, so that nothing jumps at each letter.
    if (!this.#preview) this.#problems.delete(id);
    this.#changed();
    this.#showProblems();
    return rowOf(this.#history.state, id);
  }

  /** Does what a row or a group asks for. */
  act(action, id, step) {
    const {state} = this.#history;
    switch (action) {
      case 'step':
        this.#apply(stepRow(state, id, step), id, 'handle');
        this.#sayPlace(id);
        break;
      case 'split':
        this.#apply(moveRow(state, id, null, 0), id, 'handle');
        this.#sayPlace(id);
        break;
      case 'duplicate': {
        const copy = duplicateRow(state, id);
        this.#apply(copy.state, copy.id, 'field');
        break;
      }
      case 'add':
        this.#add(id);
        break;
      case 'duplicateGroup': {
        const copy = duplicateGroup(state, id);
        this.#apply(copy.state, copy.id, 'field');
        break;
      }
      case 'removeGroup':
        this.#apply(removeGroup(state, id));
        (this.#or.hidden ? this.#empty.querySelector('button') : this.#or).focus();
        this.#say(t('Group removed. Undo brings it back.'));
        break;
      default:
        this.#remove(id);
    }
  }

  #add(group) {
    const row = emptyRow();
    this.#apply(addRow(this.#history.state, group, row), row.id, 'field');
  }

  #remove(id) {
    const {groups} = this.#history.state;
    const {group, row} = placeOf(this.#history.state, id);
    const next = groups[group].rows[row + 1] ?? groups[group].rows[row - 1] ?? groups[group + 1]?.rows[0] ?? groups[group - 1]?.rows.at(-1);
    this.#apply(removeRow(this.#history.state, id), next?.id, 'remove');
    if (!next) this.#empty.querySelector('button').focus();
    this.#say(t('Filter removed. Undo brings it back.'));
  }

  #apply(state, row = null, part = null) {
    if (!this.#history.push(state)) return;
    this.#changed();
    this.#render();
    if (row) this.querySelector(`[data-key="${row}-${part}"]`)?.focus();
  }

  #travel(direction) {
    if (!this.#history[direction]()) return;
    this.#changed();
    this.#render();
    this.#say(direction === 'undo' ? t('Undone') : t('Done again'));
  }

  #onKey(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== 'z') return;
    // What is typed has its own.
    if (event.target.matches('input')) return;
    event.preventDefault();
    this.#travel(event.shiftKey ? 'redo' : 'undo');
  }

  #changed(isFirst = false) {
    const {state} = this.#history;
    this.#output.value = JSON.stringify(writeFilters(state).filters);
    this.#undo.disabled = !this.#history.canUndo;
    this.#redo.disabled = !this.#history.canRedo;
    const isSent = (row) => row.field !== '' && (row.source !== undefined || isComplete(row, this.fields));
    this.#preview?.ask(writeFilters(state, isSent), this.#unfinished().length, isFirst);
    if (!isFirst) this.dispatchEvent(new Event('change', {bubbles: true}));
  }

  #render() {
    const {groups} = this.#history.state;
    const focused = this.contains(document.activeElement) ? document.activeElement : null;
    const key = focused?.dataset.key;
    replace(this.#list, groups.flatMap((group, index) => this.#card(group, index)));
    for (const id of this.#rows.keys()) if (!rowOf(this.#history.state, id)) this.#rows.delete(id);
    for (const id of this.#groups.keys()) if (!groups.some((group) => group.id === id)) this.#groups.delete(id);
    this.#empty.hidden = groups.length > 0;
    this.#or.hidden = groups.length === 0;
    this.#showProblems();
    if (focused && document.activeElement !== focused && key) this.querySelector(`[data-key="${key}"]`)?.focus();
  }

  #card(group, index) {
    const parts = this.#groups.get(group.id) ?? new GroupView(this, group.id);
    this.#groups.set(group.id, parts);
    parts.place = index;
    const rows = group.rows.map((row, place) => {
      const view = this.#rows.get(row.id) ?? new RowView(this, row);
      this.#rows.set(row.id, view);
      view.update(row);
      view.join = place === 0 ? '' : t('and');
      return view.element;
    });
    replace(parts.list, rows);
    return parts.elements;
  }

  #report(details, rows) {
    this.#problems = problemsByRow(details, rows).byRow;
    this.#showProblems();
  }

  #showOwnProblems() {
    const details = JSON.parse(this.getAttribute('problems') || '{}');
    const {byRow, others} = problemsByRow(details, writeFilters(this.#history.state).rows);
    if (byRow.size + others.length === 0) return;
    this.#problems = byRow;
    this.#showProblems();
  }

  #showProblems() {
    for (const [id, view] of this.#rows) view.problems = this.#problems.get(id) ?? this.#warnings(view.row);
  }

  /** What is wrong with a row before anybody is asked. */
  #warnings(row) {
    if (!row.field || this.fields.of(row)) return [];
    return [{member: 'field', message: t('This field is no longer offered. The filter works while the field exists.')}];
  }

  #sayPlace(id) {
    const {group, row} = placeOf(this.#history.state, id);
    this.#say(t('Place {row} in group {group}', {row: row + 1, group: group + 1}));
  }

  #say(text) {
    this.#live.textContent = text;
  }
}

customElements.define('segment-builder', SegmentBuilder);

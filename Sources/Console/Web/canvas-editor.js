// What can be done with a campaign: each act takes the present document and leaves the next one in the history.

import {check, byCard} from './canvas-checks.js';
import {copyText, paste, readCopy} from './canvas-clipboard.js';
import {ask} from './canvas-dialogs.js';
import {
  addEvent, below, canCloseGap, canMove, childrenOf, emptyDocument, find, moveEvent, newEvent, removeAndClose,
  removeWithBelow, shift,
} from './canvas-graph.js';
import {begin, push, redo, seal, undo} from './canvas-history.js';
import {freeSpot, isTidy, tidy} from './canvas-layout.js';
import {pick, sourceGroups, typeGroups} from './canvas-picker.js';
import {pathsBelow} from './canvas-types.js';
import {nameOf} from './canvas-wire.js';
import {t} from './texts.js';

const clipboardKey = 'martlet.events';

/**
 * The part of the canvas that edits. What draws it adds `drawAll`, `announce`, `panel`, `records` and so on.
 */
export class Editor extends HTMLElement {
  history = begin(emptyDocument());
  selection = new Set();
  focusId = 'start';
  moving = null;
  isSelecting = false;
  /** Problems that the server has told, each with the event it was about. */
  told = [];
  /** Whether all cards stand in order, so that new ones get their place by tidying. */
  isOrdered = true;
  #drags = 0;

  get doc() {
    return this.history.present;
  }

  get readonly() {
    return this.hasAttribute('readonly');
  }

  /** The events to act on: the selected ones, else the one that has the focus; without the sources. */
  selectedEvents() {
    const ids = this.selection.size === 0 && this.hasCardFocus() ? [this.focusId] : [...this.selection];
    return ids.filter((id) => id !== 'start' && find(this.doc, id));
  }

  /** Takes a new document; the same key as before makes it one step with it. */
  change(next, {key = null, tidies = false} = {}) {
    if (this.readonly) return;
    const doc = tidies && this.isOrdered ? tidy(next, this.dagre) : next;
    this.history = push(this.history, doc, key);
    this.checkAll();
    this.drawAll();
    this.panel.problemsChanged();
  }

  /** Finds the problems of the present document. */
  checkAll() {
    // What the server has said about an event holds until it is changed.
    this.told = this.told.filter(({id, about}) => (id && id !== 'start' ? find(this.doc, id) === about : true));
    // An empty canvas is no mistake yet.
    const local = this.readonly || !(this.isDirty || this.doc.id) ? [] : check(this.doc);
    this.problems = [...this.told, ...local];
    this.problemsByCard = byCard(this.problems);
  }

  undo() {
    this.#step(undo(this.history), t('Undone'));
  }

  redo() {
    this.#step(redo(this.history), t('Redone'));
  }

  #step(history, text) {
    if (history === this.history) return;
    this.history = history;
    this.selection = new Set([...this.selection].filter((id) => id === 'start' || find(this.doc, id)));
    if (!find(this.doc, this.focusId)) this.focusId = 'start';
    this.isOrdered = isTidy(this.doc, this.dagre);
    this.checkAll();
    this.drawAll();
    this.panel.refresh();
    this.announce(text);
  }

  // Places

  beginDrag(id, adds) {
    this.#drags += 1;
    if (!this.selection.has(id)) this.selectMany([id], adds);
  }

  dragBy(dx, dy) {
    this.isOrdered = false;
    this.change(shift(this.doc, this.selection, dx, dy), {key: `drag ${this.#drags}`});
  }

  endDrag() {
    this.history = seal(this.history);
  }

  nudge(dx, dy) {
    this.isOrdered = false;
    const ids = this.selection.size ? this.selection : [this.focusId];
    this.change(shift(this.doc, ids, dx, dy), {key: `nudge ${[...ids].join()}`});
  }

  tidy() {
    this.isOrdered = true;
    this.change(tidy(this.doc, this.dagre));
    this.fit();
    this.announce(t('All events are in order.'));
  }

  // Adding

  async addSource() {
    const answer = await pick(this, {
      title: t('Add a source'), placeholder: t('Search segments and forms'),
      find: (text) => sourceGroups(this.doc, this.records, text),
    });
    if (!answer) return;
    const {kind, value: id, label: name} = answer.item;
    this.change({...this.doc, sources: [...this.doc.sources, {kind, id, name}]}, {tidies: true});
    this.choose('start', {enters: this.panel.view !== null});
    this.announce(t('{name} is added.', {name}));
  }

  /** Adds after an event by what the picker gives. */
  async addAfter(parent, path) {
    const above = parent === null ? null : find(this.doc, parent);
    const paths = above && above.kind !== 'action'
      ? [{value: 'yes', label: t('Yes')}, {value: 'no', label: t('No')}] : [];
    const copied = this.#copied();
    const answer = await pick(this, {
      title: above ? t('Add after “{name}”', {name: nameOf(above)}) : t('Add a first event'),
      placeholder: t('Search events'), paths, path, isWide: true,
      find: async (text, place) => {
        const groups = typeGroups(above, place, text);
        if (!copied || text) return groups;
        const count = copied.events.length;
        const label = count === 1 ? t('Paste “{name}”', {name: nameOf(copied.events[0])}) : t('Paste {count} events', {count});
        return [{label: t('Copied'), look: 'start', items: [{value: null, label, icon: 'paste'}]}, ...groups];
      },
    });
    if (!answer) return;
    if (answer.item.value === null) this.#pasteAt(copied, parent, answer.path);
    else this.#addType(answer.item.value, parent, answer.path);
  }

  #addType(type, parent, path) {
    const event = newEvent(this.doc, type, parent, path);
    const spot = freeSpot(this.doc, parent, path);
    this.change(addEvent(this.doc, {...event, ...spot}), {tidies: true});
    this.choose(event.id, {enters: true});
    this.announce(t('{name} is added.', {name: nameOf(event)}));
  }

  addAfterFocus(wanted = null) {
    if (this.readonly) return;
    const event = find(this.doc, this.focusId);
    const paths = event ? pathsBelow(event) : [null];
    if (!paths.length) this.announce(t('Nothing may hang below this event.'));
    else this.addAfter(event ? event.id : null, paths.includes(wanted) ? wanted : paths[0]);
  }

  /** What a click on a place does: add there, or move there what is being moved. */
  useAdder(parent, path) {
    if (this.moving === null) {
      this.addAfter(parent, path);
      return;
    }
    const id = this.moving;
    if (!this.canMoveTo(parent, path)) return;
    const spot = freeSpot(this.doc, parent, path);
    const event = find(this.doc, id);
    const moved = shift(moveEvent(this.doc, id, parent, path), [id, ...below(this.doc, id)], spot.x - event.x, spot.y - event.y);
    this.startMove(null);
    this.change(moved, {tidies: true});
    this.choose(id, {opens: false, focuses: true});
    this.announce(t('{name} is moved.', {name: nameOf(event)}));
  }

  canMoveTo(parent, path) {
    return this.moving !== null && canMove(this.doc, this.moving, parent, path);
  }

  /** Lets the user choose where an event goes; null ends that. */
  startMove(id) {
    if (this.readonly || id === 'start') return;
    this.moving = id && find(this.doc, id) ? id : null;
    this.drawAll();
  }

  // Copies

  /** Copies the selection; returns its text. */
  copy() {
    const ids = new Set(this.selectedEvents());
    if (ids.size === 0) return null;
    const text = copyText(this.doc, ids);
    try {
      // Other windows find it here, whatever happens to the clipboard.
      localStorage.setItem(clipboardKey, text);
    } catch {
      // Without storage there is the clipboard.
    }
    navigator.clipboard?.writeText(text).catch(() => {});
    this.announce(ids.size === 1 ? t('1 event copied') : t('{count} events copied', {count: ids.size}));
    this.drawAll();
    return text;
  }

  #copied(text = null) {
    let kept = null;
    try {
      kept = localStorage.getItem(clipboardKey);
    } catch {
      // As above.
    }
    return (text && readCopy(text)) || (kept && readCopy(kept)) || null;
  }

  /** Pastes after the event that has the focus. */
  async paste(text = null) {
    if (this.readonly) return;
    const copied = this.#copied(text);
    if (!copied) {
      this.announce(t('There is nothing to paste.'));
      return;
    }
    const event = find(this.doc, this.focusId);
    const paths = event ? pathsBelow(event) : [null];
    if (!paths.length) {
      this.announce(t('Nothing may hang below this event.'));
      return;
    }
    let [path] = paths;
    if (paths.length > 1) {
      path = await ask(this, {
        title: t('Paste after “{name}”', {name: nameOf(event)}), text: t('On which path?'),
        answers: [{value: 'yes', label: t('Yes')}, {value: 'no', label: t('No')}],
      });
      if (!path) return;
    }
    this.#pasteAt(copied, event ? event.id : null, path);
  }

  #pasteAt(copied, parent, path) {
    const {doc, ids, refused} = paste(this.doc, copied, parent, path);
    if (ids.length) {
      this.change(doc, {tidies: true});
      this.selectMany(ids);
      this.focusId = ids[0];
      this.drawAll();
      this.focusCard();
    }
    const names = refused.map(nameOf).join(', ');
    const pasted = ids.length === 1 ? t('1 event pasted') : t('{count} events pasted', {count: ids.length});
    this.announce(refused.length ? t('May not stand here: {names}', {names}) : pasted, refused.length > 0);
  }

  // Deleting

  async remove() {
    const ids = this.selectedEvents();
    if (this.readonly || ids.length === 0) return;
    const chosen = new Set(ids);
    const others = new Set(ids.flatMap((id) => below(this.doc, id)).filter((id) => !chosen.has(id)));
    let answer = 'all';
    if (others.size) answer = await this.#askHowToRemove(ids, others.size);
    if (!answer) return;
    const {parent} = find(this.doc, ids[0]);
    const next = answer === 'one' ? removeAndClose(this.doc, ids[0]) : removeWithBelow(this.doc, ids);
    this.selection = new Set();
    this.focusId = parent !== null && find(next, parent) ? parent : 'start';
    this.change(next, {tidies: true});
    if (this.panel.view === 'event') this.panel.show(null);
    this.focusCard();
    this.announce(t('Deleted. Undo brings it back.'));
  }

  #askHowToRemove(ids, count) {
    const [id] = ids;
    const name = nameOf(find(this.doc, id));
    const answers = [{
      value: 'all', class: 'danger',
      label: count === 1 ? t('Delete with the event below') : t('Delete with {count} events below', {count}),
    }];
    if (ids.length === 1 && canCloseGap(this.doc, id)) answers.unshift({value: 'one', label: t('Delete only this one')});
    const waits = childrenOf(this.doc, id).length ? t('Contacts who wait at a deleted event go no further.') : '';
    return ask(this, {
      title: ids.length === 1 ? t('Delete “{name}”?', {name}) : t('Delete {count} events?', {count: ids.length}),
      text: [t('Other events hang below.'), waits].filter(Boolean).join(' '), answers,
    });
  }
}

// <campaign-canvas>: draws a campaign and saves it.
//
// Attributes: `campaign-id` (absent: a new campaign), `readonly`, `dagre-src` (the address of dagre, for tidying up).
// Events: `saved` with `detail.id` and `detail.isNew`. Methods: `setCounts({EVENT: {waiting, done, failed}})`, `save()`.

import {api} from './api.js';
import {CountPoll} from './canvas-counts.js';
import {h} from './canvas-dom.js';
import {Editor} from './canvas-editor.js';
import {download, fileName, picture} from './canvas-export.js';
import {listenToPointers} from './canvas-gestures.js';
import {emptyDocument, find} from './canvas-graph.js';
import {begin} from './canvas-history.js';
import {listenToKeys} from './canvas-keys.js';
import {boundsOf, isTidy, tidy} from './canvas-layout.js';
import {Panel} from './canvas-panel.js';
import {Records} from './canvas-records.js';
import {saveCampaign} from './canvas-save.js';
import {loadScript} from './canvas-script.js';
import {Toast} from './canvas-toast.js';
import {Toolbar} from './canvas-toolbar.js';
import {View} from './canvas-view.js';
import {Viewport} from './canvas-viewport.js';
import {fromWire, nameOf} from './canvas-wire.js';
import {t} from './texts.js';

class CampaignCanvas extends Editor {
  isSaving = false;
  hasSaved = false;
  font = 'sans-serif';
  /** The ids of the events that the server has. */
  savedIds = new Set();
  savedDoc = null;
  #counts = new Map();
  #poll = new CountPoll(() => this.doc.id, (counts) => this.#takeCounts(counts));
  #hasCounts = false;
  #isFitted = false;
  #leave = (event) => {
    if (this.isDirty) event.preventDefault();
  };

  connectedCallback() {
    if (!this.view) this.#build();
    this.font = getComputedStyle(this).fontFamily || 'sans-serif';
    window.addEventListener('beforeunload', this.#leave);
    this.load(this.getAttribute('campaign-id'));
  }

  disconnectedCallback() {
    window.removeEventListener('beforeunload', this.#leave);
    this.#poll.stop();
  }

  #build() {
    this.records = new Records(() => {
      this.drawAll();
      this.panel.namesCame();
    });
    this.panel = new Panel(this);
    this.toolbar = new Toolbar(this);
    this.view = new View(this);
    this.viewport = new Viewport(this.view.svg, this.view.world, (scale) => this.toolbar.showScale(scale));
    this.toast = new Toast();
    this.wait = h('p', {class: 'cc-wait', role: 'status'}, t('Loading…'));
    this.stage = h('div', {class: 'cc-stage'}, this.view.svg, this.toolbar.banner, this.toolbar.zoom, this.toast.element, this.wait);
    this.replaceChildren(this.toolbar.element, h('div', {class: 'cc-main'}, this.stage, this.panel.element));
    listenToPointers(this, this.view, this.viewport);
    listenToKeys(this, this.view);
    // A picture in a hidden tab has no size until it is shown.
    new ResizeObserver(() => this.#fitOnce()).observe(this.stage);
  }

  /** Loads a campaign; null begins a new one. */
  async load(id) {
    this.wait.hidden = false;
    this.wait.textContent = t('Loading…');
    this.dagre = await loadScript(this.getAttribute('dagre-src'), 'dagre');
    try {
      const campaign = id ? (await api('GET', `/api/campaigns/${encodeURIComponent(id)}`)).campaign : null;
      this.show(campaign);
    } catch (error) {
      this.wait.textContent = t('The campaign could not be loaded: {message}', {message: error.message});
      return;
    }
    this.wait.hidden = true;
    this.#isFitted = false;
    this.#fitOnce();
    if (id) this.#poll.start();
  }

  /** Shows a campaign as the server has it, with an empty history. */
  show(campaign) {
    const {doc, hasPositions} = campaign ? fromWire(campaign) : {doc: emptyDocument(), hasPositions: false};
    const placed = hasPositions && campaign ? doc : tidy(doc, this.dagre);
    this.isOrdered = isTidy(placed, this.dagre);
    this.history = begin(placed);
    this.selection = new Set();
    this.focusId = 'start';
    this.accept(campaign, placed);
    this.drawAll();
  }

  /** Notes what the server has. */
  accept(campaign, doc) {
    this.savedDoc = doc;
    this.savedIds = new Set((campaign?.events ?? []).map((event) => String(event.id)));
    for (const {kind, id, name} of doc.sources) this.records.learn(kind, id, name);
    this.told = (campaign?.warnings ?? []).map(({message, event}) => {
      const about = event ? find(doc, String(event)) : null;
      return {id: about ? about.id : null, level: 'warning', text: message, about};
    });
    this.checkAll();
  }

  /** Whether cards tell counts; those of a draft are all zero. */
  get hasFooter() {
    return this.doc.isPublished ? this.#counts.size > 0 : this.#hasCounts;
  }

  get isDirty() {
    return !this.readonly && this.savedDoc !== null && this.doc !== this.savedDoc;
  }

  get panelView() {
    return this.panel.view;
  }

  problemsOf(id) {
    return this.problemsByCard?.get(id) ?? [];
  }

  countsOf(id) {
    return this.#counts.get(id) ?? null;
  }

  /** Where those who wait at an event are listed; null for an event that is not saved. */
  waitersURL(id) {
    if (!this.savedIds.has(id)) return null;
    return `/console/campaigns/${encodeURIComponent(this.doc.id)}/events/${encodeURIComponent(id)}`;
  }

  /** Shows how many contacts wait at events, passed them or failed there. */
  setCounts(counts) {
    this.#poll.told();
    this.#takeCounts(counts);
  }

  #takeCounts(counts) {
    for (const [id, numbers] of Object.entries(counts)) {
      this.#counts.set(String(id), numbers);
      if (numbers.waiting || numbers.done || numbers.failed) this.#hasCounts = true;
    }
    this.drawAll();
  }

  // Drawing

  drawAll() {
    // Counts may come before the campaign that they are of.
    if (!this.view || !this.problems) return;
    this.view.render();
    this.toolbar.update();
    const name = this.moving === null ? null : nameOf(find(this.doc, this.moving));
    this.toolbar.showBanner(name === null ? null : t('Choose where “{name}” goes.', {name}), () => this.startMove(null));
    this.classList.toggle('is-moving', this.moving !== null);
  }

  #fitOnce() {
    if (this.#isFitted || !this.wait.hidden || !this.viewport.isShown) return;
    this.#isFitted = true;
    const box = boundsOf(this.doc, this.hasFooter);
    this.viewport.fit(box);
    // Where all of it would be too small to read, it begins at the top.
    if (this.viewport.scale < 0.7) {
      this.zoomTo(0.85);
      this.viewport.x = this.stage.clientWidth / 2 - (this.doc.start.x + 124) * this.viewport.scale;
      this.viewport.y = 32 - this.doc.start.y * this.viewport.scale;
      this.viewport.pan(0, 0);
    }
  }

  fit() {
    this.viewport.fit(boundsOf(this.doc, this.hasFooter));
  }

  zoom(factor) {
    this.viewport.zoom(factor);
  }

  zoomTo(scale) {
    this.viewport.zoom(scale / this.viewport.scale);
  }

  /** Says something, for all to see and hear. */
  announce(text, isBad = false) {
    this.toast.say(text, isBad);
  }

  // Choosing

  /** Chooses one card, or none, and shows its panel. */
  choose(id, {opens = true, focuses = false, enters = false} = {}) {
    this.selection = new Set(id ? [id] : []);
    if (id) this.focusId = id;
    if (!id && (this.panel.view === 'event' || this.panel.view === 'start')) this.panel.show(null);
    if (id && (opens || enters || this.panel.view === 'event' || this.panel.view === 'start')) {
      this.panel.show(id === 'start' ? 'start' : 'event');
    }
    this.drawAll();
    if (id) requestAnimationFrame(() => this.viewport.reveal(this.#boxOf(id), this.panel.covered));
    // A focus in an input raises the keyboard of a phone over what was just chosen.
    const isTouch = matchMedia('(pointer: coarse)').matches;
    if (enters && !isTouch) this.panel.focusFirst();
    else if (focuses) this.focusCard();
  }

  /** Where a card stands, with the places to add below it. */
  #boxOf(id) {
    const box = boundsOf(this.doc, this.hasFooter, [id === 'start' || find(this.doc, id) ? id : 'start']);
    return {...box, height: box.height + 50};
  }

  /** Adds a card to the selection or takes it out. */
  toggle(id, focuses = false) {
    if (this.selection.has(id) && !focuses) this.selection.delete(id);
    else this.selection.add(id);
    this.focusId = id;
    this.drawAll();
    if (focuses) this.focusCard();
    this.announce(t('{count} selected', {count: this.selection.size}));
  }

  selectMany(ids, adds = false) {
    this.selection = new Set(adds ? [...this.selection, ...ids] : ids);
    if (ids.length) [this.focusId] = ids;
    this.drawAll();
  }

  selectAll() {
    this.selectMany(['start', ...this.doc.events.map(({id}) => id)]);
    this.announce(t('{count} selected', {count: this.selection.size}));
  }

  setSelecting(isSelecting) {
    this.isSelecting = isSelecting;
    this.view.svg.classList.toggle('is-selecting', isSelecting);
    this.drawAll();
  }

  hasCardFocus() {
    return this.view.card(this.focusId) === document.activeElement;
  }

  focusCard() {
    this.view.card(this.focusId)?.focus({preventScroll: true});
  }

  /** Shows a card from the list. */
  reveal(id) {
    this.choose(id, {enters: true});
  }

  nextProblem() {
    const ids = [...this.problemsByCard.keys()];
    const id = ids[(ids.indexOf(this.focusId) + 1) % ids.length];
    if (id === null) this.togglePanel('settings', true);
    else this.choose(id, {opens: true, focuses: true});
  }

  togglePanel(view, stays = false) {
    this.panel.show(this.panel.view === view && !stays ? null : view);
    this.drawAll();
    if (this.panel.view === view) this.panel.focusFirst();
  }

  panelClosed() {
    this.drawAll();
  }

  // Files

  exportPicture() {
    download(picture(this, this.view), fileName(this.doc.name, 'svg'), 'image/svg+xml');
  }

  async save() {
    if (this.readonly || this.isSaving || !this.isDirty) return;
    await saveCampaign(this);
  }

  /** Notes a save; counts begin with the first one. */
  saved(id, isNew) {
    this.hasSaved = true;
    if (isNew) this.setAttribute('campaign-id', id);
    this.#poll.start();
    this.dispatchEvent(new CustomEvent('saved', {bubbles: true, detail: {id, isNew}}));
  }
}

customElements.define('campaign-canvas', CampaignCanvas);

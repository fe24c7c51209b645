// The picture: cards, lines and the places where something can be added.

import {drawing, s} from './canvas-dom.js';
import {drawCard, drawStart} from './canvas-card.js';
import {find, places, walk} from './canvas-graph.js';
import {edgePath, jumpPath, portOf} from './canvas-edges.js';
import {sizeOf} from './canvas-layout.js';
import {nameOf} from './canvas-wire.js';
import {t} from './texts.js';

export class View {
  #host;
  #cards = new Map();
  #adders = new Map();
  #lines = new Map();

  /** @param {HTMLElement} host The canvas. */
  constructor(host) {
    this.#host = host;
    this.lines = s('g', {class: 'cc-edges', 'aria-hidden': 'true'});
    this.cards = s('g', {class: 'cc-cards', role: 'tree', 'aria-label': t('Events'), 'aria-multiselectable': 'true'});
    this.adders = s('g', {class: 'cc-adders', role: 'group', 'aria-label': t('Places to add events')});
    this.band = s('rect', {class: 'cc-band', visibility: 'hidden', rx: 3});
    this.world = s('g', {class: 'cc-world'}, this.lines, this.adders, this.cards, this.band);
    const arrow = s('marker', {id: 'cc-arrow', viewBox: '0 0 10 10', refX: 9, refY: 5, markerWidth: 8, markerHeight: 8,
      orient: 'auto-start-reverse'}, s('path', {class: 'cc-arrow', d: 'M1 1L9 5L1 9'}));
    this.svg = s('svg', {class: 'cc-svg', role: 'group', 'aria-label': t('Picture of the campaign')},
      s('defs', {}, arrow), this.world);
  }

  /** Draws what has changed. */
  render() {
    const {doc} = this.#host;
    const levels = new Map();
    walk(doc, (event, level) => levels.set(event.id, level + 1));
    this.#renderCards(doc, levels);
    this.#renderLines(doc);
    this.#renderAdders(doc);
  }

  /** Returns the element of a card. */
  card(id) {
    return this.#cards.get(id)?.element ?? null;
  }

  /** Shows the rectangle that selects, or hides it for null. */
  showBand(area) {
    this.band.setAttribute('visibility', area ? 'visible' : 'hidden');
    for (const [name, value] of Object.entries(area ?? {})) this.band.setAttribute(name, value);
  }

  #renderCards(doc, levels) {
    const host = this.#host;
    const ids = ['start', ...levels.keys()];
    for (const [id, {element}] of this.#cards) {
      if (ids.includes(id)) continue;
      element.remove();
      this.#cards.delete(id);
    }
    let before = null;
    for (const id of ids) {
      const made = id === 'start' ? drawStart(host) : drawCard(host, find(doc, id));
      let kept = this.#cards.get(id);
      if (!kept || kept.key !== made.key) {
        const element = made.draw();
        const hadFocus = kept?.element === document.activeElement;
        element.setAttribute('tabindex', '-1');
        if (kept) kept.element.replaceWith(element);
        if (hadFocus) element.focus({preventScroll: true});
        kept = {key: made.key, element};
        this.#cards.set(id, kept);
      }
      const {element} = kept;
      const {x, y} = id === 'start' ? doc.start : find(doc, id);
      element.setAttribute('transform', `translate(${x} ${y})`);
      element.setAttribute('tabindex', id === host.focusId ? '0' : '-1');
      element.setAttribute('aria-level', String(levels.get(id) ?? 1));
      element.setAttribute('aria-selected', String(host.selection.has(id)));
      element.setAttribute('aria-label', made.label);
      element.classList.toggle('is-moving', host.moving === id);
      // The order of the elements is the one in which they are read; moving an element would take its focus.
      if (element.parentNode !== this.cards || element.previousSibling !== before) {
        this.cards.insertBefore(element, before ? before.nextSibling : this.cards.firstChild);
      }
      before = element;
    }
  }

  #renderLines(doc) {
    const wanted = new Map();
    const hasFooter = this.#host.hasFooter;
    const box = (id) => ({...(id === 'start' ? doc.start : find(doc, id)), ...sizeOf(doc, id, hasFooter)});
    for (const event of doc.events) {
      const above = event.parent ?? 'start';
      if (above !== 'start' && !find(doc, above)) continue;
      const parent = event.parent === null ? null : find(doc, event.parent);
      const from = portOf(box(above), parent, event.path);
      wanted.set(`to ${event.id}`, {d: edgePath(from, box(event.id)), look: `cc-edge ${event.path ?? ''}`});
      if (event.type !== 'campaign.jump_to_event') continue;
      const target = String(event.properties.jumpToEvent ?? '');
      if (target === event.id || !find(doc, target)) continue;
      wanted.set(`jump ${event.id}`, {d: jumpPath(box(event.id), box(target), doc.events.map(({id}) => box(id))), look: 'cc-edge jump'});
    }
    reconcile(this.#lines, wanted, this.lines, () => s('path', {}), (element, {d, look}) => {
      element.setAttribute('d', d);
      element.setAttribute('class', look);
    });
  }

  #renderAdders(doc) {
    const host = this.#host;
    const wanted = new Map();
    if (!host.readonly) {
      for (const place of places(doc)) {
        const isTarget = host.moving !== null && host.canMoveTo(place.parent, place.path);
        if (host.moving !== null && !isTarget) continue;
        wanted.set(`${place.parent} ${place.path}`, {...place, isTarget});
      }
    }
    reconcile(this.#adders, wanted, this.adders, makeAdder, (element, place) => {
      const id = place.parent ?? 'start';
      const parent = place.parent === null ? null : find(doc, place.parent);
      const card = {...(parent ?? doc.start), ...sizeOf(doc, id, host.hasFooter)};
      const {x, y} = portOf(card, parent, place.path);
      element.setAttribute('transform', `translate(${x} ${y})`);
      element.setAttribute('class', `cc-adder ${place.path ?? ''} ${place.isTaken ? 'is-taken' : 'is-empty'} ${place.isTarget ? 'is-target' : ''}`);
      element.dataset.parent = place.parent ?? '';
      element.dataset.path = place.path ?? '';
      element.setAttribute('aria-label', adderLabel(parent, place.path));
      const isFirst = doc.events.length === 0;
      element.querySelector('text').textContent = isFirst ? t('Add the first event') : '';
    });
  }
}

function makeAdder() {
  return s('g', {role: 'button', tabindex: '-1'},
    s('line', {class: 'cc-stem', x1: 0, y1: 0, x2: 0, y2: 16}),
    s('circle', {class: 'cc-touch', cx: 0, cy: 26, r: 18}),
    s('circle', {class: 'cc-disc', cx: 0, cy: 26, r: 11}),
    s('path', {class: 'cc-plus', d: drawing('plus'), transform: 'translate(-7.2 18.8) scale(0.6)'}),
    s('text', {class: 'cc-adder-text', x: 0, y: 58, 'text-anchor': 'middle'}));
}

function adderLabel(parent, path) {
  if (!parent) return t('Add a first event');
  const name = nameOf(parent);
  if (path === 'yes') return t('Add on the yes path of {name}', {name});
  if (path === 'no') return t('Add on the no path of {name}', {name});
  return t('Add after {name}', {name});
}

/** Keeps one element for each key: makes, changes and removes. */
function reconcile(kept, wanted, layer, make, update) {
  for (const [key, element] of kept) {
    if (wanted.has(key)) continue;
    element.remove();
    kept.delete(key);
  }
  for (const [key, value] of wanted) {
    let element = kept.get(key);
    if (!element) {
      element = make();
      kept.set(key, element);
      layer.append(element);
    }
    update(element, value);
  }
}

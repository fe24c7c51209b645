// Pointers: choosing, dragging and surrounding cards, moving and pinching the picture.

import {within} from './canvas-layout.js';

/** How far a pointer moves before it drags, in pixels. */
const slack = 5;

/** Listens to the pointers of a canvas. */
export function listenToPointers(host, view, viewport) {
  const {svg} = view;
  const pointers = new Map();
  let gesture = null;

  const distance = () => {
    const [one, other] = [...pointers.values()];
    return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
  };
  const middle = () => {
    const [one, other] = [...pointers.values()];
    return {clientX: (one.clientX + other.clientX) / 2, clientY: (one.clientY + other.clientY) / 2};
  };

  svg.addEventListener('pointerdown', (event) => {
    if (event.button > 1) return;
    pointers.set(event.pointerId, event);
    if (pointers.size === 2) {
      if (gesture?.kind === 'drag') host.endDrag();
      view.showBand(null);
      gesture = {kind: 'pinch', size: distance(), at: middle()};
      return;
    }
    if (pointers.size > 2 || event.target.closest('.cc-adder, a')) return;
    const card = event.target.closest('[data-card]')?.dataset.card ?? null;
    const isBand = event.button === 0 && (event.shiftKey || host.isSelecting);
    let kind = card ? 'card' : 'pan';
    if (!card && isBand) kind = 'band';
    if (event.button === 1) kind = 'pan';
    gesture = {kind, card, start: event, last: event, from: viewport.toWorld(event), hasMoved: false};
  });

  svg.addEventListener('pointermove', (event) => {
    if (!pointers.has(event.pointerId)) return;
    pointers.set(event.pointerId, event);
    if (gesture?.kind === 'pinch') pinch();
    else if (gesture) move(event);
  });

  function pinch() {
    const size = distance();
    const at = middle();
    viewport.pan(at.clientX - gesture.at.clientX, at.clientY - gesture.at.clientY);
    if (gesture.size > 0) viewport.zoom(size / gesture.size, at);
    Object.assign(gesture, {size, at});
  }

  function move(event) {
    const {start, last} = gesture;
    if (!gesture.hasMoved) {
      if (Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < slack) return;
      gesture.hasMoved = true;
      // Only now, for a captured pointer's click would not reach the card.
      svg.setPointerCapture(event.pointerId);
      if (gesture.kind === 'card') {
        gesture.kind = host.readonly ? 'pan' : 'drag';
        if (gesture.kind === 'drag') host.beginDrag(gesture.card, start.shiftKey);
      }
      svg.classList.add(gesture.kind === 'band' ? 'is-banding' : 'is-dragging');
    }
    const dx = event.clientX - last.clientX;
    const dy = event.clientY - last.clientY;
    if (gesture.kind === 'drag') host.dragBy(dx / viewport.scale, dy / viewport.scale);
    else if (gesture.kind === 'pan') viewport.pan(dx, dy);
    else if (gesture.kind === 'band') view.showBand(areaTo(event));
    gesture.last = event;
  }

  function areaTo(event) {
    const to = viewport.toWorld(event);
    const {from} = gesture;
    return {
      x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), width: Math.abs(to.x - from.x), height: Math.abs(to.y - from.y),
    };
  }

  function end(event) {
    if (!pointers.delete(event.pointerId)) return;
    svg.classList.remove('is-dragging', 'is-banding');
    const ended = gesture;
    if (ended?.kind === 'pinch') {
      if (pointers.size === 0) gesture = null;
      return;
    }
    if (ended?.kind === 'band' && ended.hasMoved) {
      const area = areaTo(event);
      view.showBand(null);
      host.selectMany(within(host.doc, area, host.hasFooter), ended.start.shiftKey);
      host.focusCard();
    }
    gesture = null;
    if (ended?.kind === 'drag') host.endDrag();
    if (ended && !ended.hasMoved && event.type === 'pointerup') tap(ended, event);
  }
  svg.addEventListener('pointerup', end);
  svg.addEventListener('pointercancel', end);

  function tap({card}, event) {
    if (event.target.closest('[data-action="add-source"]')) host.addSource();
    else if (card && (event.shiftKey || host.isSelecting)) host.toggle(card);
    else if (card) host.choose(card);
    else {
      host.choose(null);
      // The keys stay with the picture.
      host.focusCard();
    }
  }

  view.adders.addEventListener('click', ({target}) => {
    const adder = target.closest('.cc-adder');
    if (!adder) return;
    const {parent, path} = adder.dataset;
    host.useAdder(parent || null, path || null);
  });
}

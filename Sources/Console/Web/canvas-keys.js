// The keyboard on the picture and in the canvas as a whole.

import {showKeys} from './canvas-dialogs.js';
import {childrenOf, find} from './canvas-graph.js';
import {neighbour} from './canvas-layout.js';

const arrows = {ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0]};

/** Returns the card that an arrow key leads to: along the lines where there are some, else the nearest. */
export function target(doc, id, key) {
  const event = id === 'start' ? null : find(doc, id);
  if (key === 'ArrowUp' && event) return event.parent ?? 'start';
  if (key === 'ArrowDown') {
    const [child] = childrenOf(doc, event ? id : null);
    if (child) return child.id;
  }
  if (event && (key === 'ArrowLeft' || key === 'ArrowRight')) {
    const siblings = childrenOf(doc, event.parent);
    const place = siblings.findIndex((sibling) => sibling.id === id);
    const sibling = siblings[place + (key === 'ArrowRight' ? 1 : -1)];
    if (sibling) return sibling.id;
  }
  return neighbour(doc, id, ...arrows[key]);
}

/** Listens to the keys of a canvas. */
export function listenToKeys(host, view) {
  view.svg.addEventListener('keydown', (event) => {
    if (event.target.closest('[data-card]')) cardKey(host, event);
  });
  host.addEventListener('keydown', (event) => {
    if (!event.defaultPrevented) canvasKey(host, event);
  });
  // These events carry the clipboard's text without asking the user.
  host.addEventListener('copy', (event) => {
    if (isTyping(event.target) || String(window.getSelection()) || event.target.closest('dialog')) return;
    event.preventDefault();
    const text = host.copy();
    if (text) event.clipboardData.setData('text/plain', text);
  });
  host.addEventListener('paste', (event) => {
    if (isTyping(event.target) || event.target.closest('dialog')) return;
    event.preventDefault();
    host.paste(event.clipboardData.getData('text/plain'));
  });
}

function cardKey(host, event) {
  const isCommand = event.ctrlKey || event.metaKey;
  if (event.key in arrows && !isCommand) {
    event.preventDefault();
    const [dx, dy] = arrows[event.key];
    if (event.altKey) {
      host.nudge(24 * dx, 24 * dy);
      return;
    }
    const next = target(host.doc, host.focusId, event.key);
    if (!next) return;
    if (event.shiftKey) host.toggle(next, true);
    else host.choose(next, {opens: false, focuses: true});
    return;
  }
  if (isCommand || event.altKey) return;
  const acts = {
    Enter: () => host.choose(host.focusId, {enters: true}),
    ' ': () => host.toggle(host.focusId),
    Home: () => host.choose('start', {opens: false, focuses: true}),
    Delete: () => host.remove(),
    Backspace: () => host.remove(),
    a: () => host.addAfterFocus(),
    A: () => host.addAfterFocus(),
    y: () => host.addAfterFocus('yes'),
    n: () => host.addAfterFocus('no'),
    '+': () => host.zoom(1.25),
    '=': () => host.zoom(1.25),
    '-': () => host.zoom(0.8),
    '0': () => host.fit(),
    '?': () => showKeys(host),
  };
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

function isTyping(element) {
  return Boolean(element.closest('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]'));
}

function canvasKey(host, event) {
  if (event.target.closest('dialog')) return;
  if (event.key === 'Escape') {
    if (host.moving !== null) host.startMove(null);
    else host.choose(null, {opens: false});
    return;
  }
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  const key = event.key.toLowerCase();
  if (key === 's') {
    event.preventDefault();
    host.save();
    return;
  }
  // In a text these keys are the text's own.
  if (isTyping(event.target)) return;
  const acts = {
    z: () => (event.shiftKey ? host.redo() : host.undo()),
    y: () => host.redo(),
    x: () => host.startMove(host.focusId),
    a: () => host.selectAll(),
  };
  const act = acts[key];
  if (!act) return;
  event.preventDefault();
  act();
}

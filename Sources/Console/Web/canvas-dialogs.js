// Questions in the middle of the page.

import {h, iconButton, uniqueId} from './canvas-dom.js';
import {t} from './texts.js';

/** Makes a dialog with a heading; it is removed when it closes. */
export function dialog(title, className, ...content) {
  const id = uniqueId('cc-title');
  const element = h('dialog', {class: `cc-dialog ${className}`, 'aria-labelledby': id},
    h('header', {class: 'cc-dialog-head'}, h('h2', {id}, title), iconButton('close', t('Close'), () => element.close())),
    ...content);
  element.addEventListener('close', () => element.remove());
  // A click beside the dialog is one on its backdrop.
  element.addEventListener('pointerdown', (event) => {
    if (event.target === element && outside(element, event)) element.close();
  });
  return element;
}

function outside(element, {clientX, clientY}) {
  const {left, top, right, bottom} = element.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}

/**
 * Asks and returns the value of the chosen answer, null if there is none.
 *
 * @param {Element} host Where the dialog is put.
 * @param {{title: string, text: string, answers: {value: string, label: string, class?: string}[]}} question
 */
export function ask(host, {title, text, answers}) {
  return new Promise((resolve) => {
    let chosen = null;
    const element = dialog(title, 'cc-question', h('p', {}, text), h('div', {class: 'cc-dialog-foot'},
      h('button', {type: 'button', class: 'button', onclick: () => element.close()}, t('Cancel')),
      answers.map(({value, label, class: look}) => h('button', {type: 'button', class: `button ${look ?? ''}`.trim(),
        onclick: () => {
          chosen = value;
          element.close();
        }}, label))));
    element.addEventListener('close', () => resolve(chosen));
    host.append(element);
    element.showModal();
    element.querySelector('.cc-dialog-foot .button')?.focus();
  });
}

const shortcuts = [
  ['↑ ↓ ← →', 'To the event above, below, beside'],
  ['Enter', 'Edit the event'],
  ['A', 'Add after the event'],
  ['Delete', 'Delete the selection'],
  ['Space', 'Select or unselect'],
  ['Alt + ↑ ↓ ← →', 'Move the selection'],
  ['Ctrl + C, X, V', 'Copy, move, paste'],
  ['Ctrl + Z, Shift + Ctrl + Z', 'Undo, redo'],
  ['Ctrl + A', 'Select all'],
  ['Ctrl + S', 'Save'],
  ['+  −  0', 'Zoom in, out, show all'],
  ['Esc', 'Unselect, close'],
];

/** Shows the keys. */
export function showKeys(host) {
  const rows = shortcuts.map(([keys, text]) => [h('dt', {}, h('kbd', {}, keys)), h('dd', {}, t(text))]);
  const element = dialog(t('Keyboard'), 'cc-keys', h('dl', {}, rows.flat()),
    h('p', {class: 'hint'}, t('With the mouse: drag the background to move the picture, hold Shift to select several, turn the wheel with Ctrl to zoom.')));
  host.append(element);
  element.showModal();
}

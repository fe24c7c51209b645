// The problems of a card, as a list.

import {h} from './canvas-dom.js';

/** Makes the list of problems of a card. */
export function problemList(problems) {
  if (!problems.length) return null;
  const isBad = problems.some(({level}) => level === 'refused');
  return h('ul', {class: `cc-problems ${isBad ? 'bad' : 'warn'}`}, problems.map(({text}) => h('li', {}, text)));
}

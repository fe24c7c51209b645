// The problems of a card, as a list.

import {h} from './canvas-dom.js';

/** Makes the place of a card's problems, which lists them as they come and go. */
export function problemPlace(host, id) {
  const place = h('div', {class: 'cc-problems-place'});
  const show = () => {
    const problems = host.problemsOf(id);
    place.hidden = problems.length === 0;
    place.replaceChildren(...problems.length ? [problemList(problems)] : []);
  };
  place.addEventListener('problems', show);
  show();
  return place;
}

function problemList(problems) {
  const isBad = problems.some(({level}) => level === 'refused');
  return h('ul', {class: `cc-problems ${isBad ? 'bad' : 'warn'}`}, problems.map(({text}) => h('li', {}, text)));
}

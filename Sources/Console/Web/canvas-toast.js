// A short message over the picture.

import {h} from './canvas-dom.js';

export class Toast {
  #timer = null;
  element = h('div', {class: 'cc-toast', role: 'status', hidden: true});

  /** Says something for a while, longer if it is bad. */
  say(text, isBad) {
    clearTimeout(this.#timer);
    this.element.textContent = text;
    this.element.hidden = false;
    this.element.classList.toggle('is-bad', isBad);
    this.#timer = setTimeout(() => {
      this.element.hidden = true;
    }, isBad ? 9000 : 3500);
  }
}

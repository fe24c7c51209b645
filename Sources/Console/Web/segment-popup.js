// The list that opens below an input: options under headings, chosen by pointer or keyboard. The input keeps the focus.
import {freshID, h} from './segment-dom.js';
import {t} from './texts.js';

const SHOWN = 80;

/** A list box of an input. */
export class Popup {
  #options = [];
  #active = -1;
  #choose;
  #input;
  #isMultiple;

  /**
   * @param {HTMLInputElement} input The input, which becomes a combo box.
   * @param {{label: string, choose: (item: object) => void, isMultiple?: boolean}} settings The list's name, and what
   *   happens with the chosen item.
   */
  constructor(input, {label, choose, isMultiple = false}) {
    this.#input = input;
    this.#choose = choose;
    this.#isMultiple = isMultiple;
    this.element = h('div', {
      role: 'listbox', class: 'segment-popup', id: freshID('list'), 'aria-label': label, hidden: true,
      'aria-multiselectable': isMultiple ? 'true' : null,
      // The input would lose the focus.
      onmousedown: (event) => event.preventDefault(),
    });
    for (const [name, value] of Object.entries({
      role: 'combobox', 'aria-expanded': 'false', 'aria-controls': this.element.id, 'aria-autocomplete': 'list',
      'aria-haspopup': 'listbox', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false',
    })) input.setAttribute(name, value);
  }

  get isOpen() {
    return !this.element.hidden;
  }

  /** The item that Enter would choose, or undefined. */
  get active() {
    return this.#options[this.#active]?.item;
  }

  /**
   * Shows items.
   *
   * @param {{label: string|null, items: {label: string, hint?: string, isChosen?: boolean}[]}[]} groups The items by
   *   heading.
   * @param {{message?: string, activates?: boolean, isSearch?: boolean}} [settings] A line below them, whether one is
   *   active, and whether they are what a text found: then it is the first, else the chosen one.
   */
  show(groups, {message = '', activates = true, isSearch = false} = {}) {
    this.#options = [];
    const parts = [];
    let left = 0;
    for (const {label, items} of groups) {
      const shown = items.slice(0, Math.max(0, SHOWN - this.#options.length));
      left += items.length - shown.length;
      const options = shown.map((item) => this.#option(item));
      if (options.length === 0) continue;
      const head = label ? h('div', {class: 'segment-popup-head', role: 'presentation'}, label) : null;
      parts.push(h('div', label ? {role: 'group', 'aria-label': label} : {role: 'presentation'}, head, ...options));
    }
    const note = message || (left > 0 ? t('{count} more. Type to find them.', {count: left}) : '');
    if (note || parts.length === 0) {
      parts.push(h('div', {class: 'segment-popup-note', role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false'},
        note || t('Nothing found')));
    }
    this.element.replaceChildren(...parts);
    this.#open();
    const chosen = isSearch || this.#isMultiple ? 0 : this.#options.findIndex(({item}) => item.isChosen);
    this.#activate(activates && this.#options.length > 0 ? Math.max(0, chosen) : -1);
  }

  #option(item) {
    const index = this.#options.length;
    const element = h('div', {
      role: 'option', id: freshID('option'), class: 'segment-option', 'aria-selected': item.isChosen ? 'true' : 'false',
      onclick: () => this.#choose(item),
      onmousemove: () => {
        if (this.#active !== index) this.#activate(index, false);
      },
    }, h('span', {class: 'truncate'}, item.label), item.hint ? h('span', {class: 'segment-option-hint'}, item.hint) : null);
    this.#options.push({item, element});
    return element;
  }

  #open() {
    this.element.hidden = false;
    this.#input.setAttribute('aria-expanded', 'true');
    this.element.classList.remove('above');
    const box = this.#input.getBoundingClientRect();
    const below = window.innerHeight - box.bottom;
    this.element.classList.toggle('above', below < 240 && box.top > below);
  }

  close() {
    this.element.hidden = true;
    this.#active = -1;
    this.#input.setAttribute('aria-expanded', 'false');
    this.#input.removeAttribute('aria-activedescendant');
  }

  #activate(index, scrolls = true) {
    this.#options[this.#active]?.element.classList.remove('active');
    this.#active = index;
    const option = this.#options[index];
    if (!option) {
      this.#input.removeAttribute('aria-activedescendant');
      return;
    }
    option.element.classList.add('active');
    this.#input.setAttribute('aria-activedescendant', option.element.id);
    if (scrolls) this.#scrollTo(option.element, index);
  }

  // The list alone scrolls, never the page.
  #scrollTo(element, index) {
    const top = index === 0 ? 0 : element.offsetTop;
    const bottom = element.offsetTop + element.offsetHeight;
    const list = this.element;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (bottom > list.scrollTop + list.clientHeight) list.scrollTop = bottom - list.clientHeight + 4;
  }

  /** Handles a key of the open list; returns whether it did. */
  handle(event) {
    const count = this.#options.length;
    const moves = {
      ArrowDown: (this.#active + 1) % count, ArrowUp: (this.#active - 1 + count) % count,
      PageDown: Math.min(count - 1, this.#active + 8), PageUp: Math.max(0, this.#active - 8),
    };
    if (event.key in moves && count > 0) {
      this.#activate(moves[event.key]);
    } else if (event.key === 'Enter' && this.active) {
      this.#choose(this.active);
    } else if (event.key === 'Escape') {
      this.close();
    } else {
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}

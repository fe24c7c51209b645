// An input in which one item of many is found by typing.
import {h} from './segment-dom.js';
import {Popup} from './segment-popup.js';

/**
 * Makes a combo box.
 *
 * @param {object} settings
 * @param {string} settings.label Its name.
 * @param {string} settings.text The text of the chosen item.
 * @param {string} [settings.placeholder] What to type.
 * @param {boolean} [settings.isOpen] Whether other text than that of an item is a value.
 * @param {(text: string) => Promise<object[]>|object[]} settings.search Returns groups of items for a text.
 * @param {(item: object) => void} settings.choose Takes the chosen item, or `{label: text, isTyped: true}`.
 * @param {string} [settings.key] A name by which the input is found again.
 */
export function combobox({label, text, placeholder = '', isOpen = false, search, choose, key}) {
  let current = text;
  let turn = 0;
  const input = h('input', {
    class: 'input', type: 'text', value: text, placeholder, 'aria-label': label, 'data-key': key,
    onfocus: () => input.select(),
    onclick: () => open(''),
    oninput: () => open(input.value),
    onkeydown: (event) => {
      if (popup.isOpen && popup.handle(event)) return;
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        open('');
      } else if (event.key === 'Enter') {
        // The form is not sent by it.
        event.preventDefault();
        if (isOpen) keep();
      } else if (event.key === 'Escape' && input.value !== current) {
        event.stopPropagation();
        input.value = current;
      }
    },
    onblur: () => {
      turn += 1;
      popup.close();
      if (isOpen) keep();
      else input.value = current;
    },
  });
  const popup = new Popup(input, {label, choose: take});

  function take(item) {
    turn += 1;
    current = item.value === undefined || item.label !== undefined ? item.label : String(item.value);
    input.value = current;
    popup.close();
    choose(item);
  }

  function keep() {
    const typed = input.value.trim();
    popup.close();
    if (typed === current) return;
    current = typed;
    choose({label: typed, value: typed, isTyped: true});
  }

  async function open(typed) {
    const mine = ++turn;
    let message = '';
    let groups = [];
    try {
      groups = await search(typed);
    } catch (error) {
      message = error.message;
    }
    if (mine !== turn || !input.isConnected || document.activeElement !== input) return;
    if (isOpen && groups.every(({items}) => items.length === 0) && !message) {
      popup.close();
      return;
    }
    popup.show(groups, {message, activates: !isOpen || typed === '', isSearch: typed !== ''});
  }

  return h('div', {class: 'segment-combobox'}, input, popup.element);
}

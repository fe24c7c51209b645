// An input with several values: each is a chip, further ones are found or typed.
import {h, icon} from './segment-dom.js';
import {Popup} from './segment-popup.js';
import {t} from './texts.js';

/**
 * Makes an input for several values.
 *
 * @param {object} settings
 * @param {string} settings.label Its name.
 * @param {{value: *, label: string}[]} settings.chosen The chosen values.
 * @param {boolean} settings.isOpen Whether values may be typed that no search finds.
 * @param {((text: string) => Promise<object[]>|object[])|null} settings.search Returns groups of items for a text; null
 *   if there are none to find.
 * @param {(chosen: {value: *, label: string}[]) => void} settings.change Takes the values after each change.
 * @param {string} [settings.key] A name by which the input is found again.
 */
export function chips({label, chosen, isOpen, search, change, key}) {
  let values = [...chosen];
  let turn = 0;
  const has = (value) => values.some((entry) => String(entry.value) === String(value));
  const input = h('input', {
    class: 'segment-chips-input', type: 'text', 'aria-label': label, 'data-key': key, autocomplete: 'off',
    oninput: () => {
      if (isOpen && /[|\n]/.test(input.value)) addTyped();
      open(input.value);
    },
    onclick: () => open(input.value),
    onpaste: (event) => {
      const text = event.clipboardData.getData('text');
      // A column or a list of values is pasted as so many chips.
      if (!isOpen || !/[|\n;]/.test(text.trim())) return;
      event.preventDefault();
      for (const part of text.split(/[|\n;]/)) add({value: part.trim(), label: part.trim()}, false);
      finish();
    },
    onkeydown,
    onblur: () => {
      turn += 1;
      popup?.close();
      if (isOpen) addTyped();
      input.value = '';
    },
  });
  const list = h('ul', {class: 'segment-chips-list', 'aria-label': t('{name}: chosen values', {name: label})});
  const popup = search ? new Popup(input, {label, isMultiple: true, choose: (item) => pick(item)}) : null;
  const box = h('div', {class: 'input segment-chips', onmousedown: (event) => {
    if (event.target !== box && event.target !== list) return;
    event.preventDefault();
    input.focus();
    open(input.value);
  }}, list, input);

  function draw() {
    list.hidden = values.length === 0;
    list.replaceChildren(...values.map((entry) => h('li', {class: 'segment-chip'},
      h('span', {class: 'truncate'}, entry.label),
      h('button', {
        type: 'button', 'aria-label': t('Remove {name}', {name: entry.label}), onclick: () => {
          remove(entry);
          input.focus();
        },
      }, icon('close')))));
    input.placeholder = values.length > 0 ? '' : search ? t('Find…') : t('Type and press Enter');
  }

  function finish() {
    draw();
    change(values);
  }

  function add(entry, ends = true) {
    if (entry.value === '' || has(entry.value)) return;
    values = [...values, {value: entry.value, label: entry.label}];
    if (ends) finish();
  }

  function remove(entry) {
    values = values.filter((other) => other !== entry);
    finish();
  }

  function addTyped() {
    const parts = input.value.split(/[|\n]/).map((part) => part.trim()).filter(Boolean);
    input.value = '';
    if (parts.length === 0) return;
    for (const part of parts) add({value: part, label: part}, false);
    finish();
  }

  function pick(item) {
    input.value = '';
    const old = values.find((entry) => String(entry.value) === String(item.value));
    if (old) remove(old);
    else add(item);
    open('');
  }

  function onkeydown(event) {
    if (popup?.isOpen && popup.handle(event)) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      if (isOpen) addTyped();
    } else if (event.key === 'Backspace' && input.value === '' && values.length > 0) {
      remove(values.at(-1));
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && popup) {
      event.preventDefault();
      open(input.value);
    }
  }

  async function open(typed) {
    if (!popup) return;
    const mine = ++turn;
    let message = '';
    let groups = [];
    try {
      groups = await search(typed);
    } catch (error) {
      message = error.message;
    }
    if (mine !== turn || document.activeElement !== input) return;
    if (isOpen && groups.every(({items}) => items.length === 0) && !message) {
      popup.close();
      return;
    }
    const marked = groups.map(({label, items}) => ({
      label, items: items.map((item) => ({...item, isChosen: has(item.value)})),
    }));
    popup.show(marked, {message, activates: !isOpen || typed === ''});
  }

  draw();
  return {
    element: h('div', {class: 'segment-combobox'}, box, popup?.element),
    /** Gives values their names once these are known. */
    rename(names) {
      values = values.map((entry) => ({...entry, label: names.get(String(entry.value)) ?? entry.label}));
      draw();
    },
  };
}

// A field that finds records while one types: for one record, for several, or for words.

import {h, icon, uniqueId} from './canvas-dom.js';
import {t} from './texts.js';

/**
 * Makes the field.
 *
 * @param {object} settings
 * @param {string} settings.label The label, for screen readers.
 * @param {string[]} settings.values The chosen values.
 * @param {boolean} settings.isMultiple Whether several can be chosen.
 * @param {boolean} [settings.isFree] Whether words can be entered that are not offered.
 * @param {(text: string) => Promise<{value, label, hint}[]>} settings.search Returns what to offer.
 * @param {(value: string) => string} settings.name Returns what to show for a value.
 * @param {(values: string[]) => void} settings.onChange Is called with the chosen values.
 */
export function combobox({id, label, values, isMultiple, isFree, search, name, onChange, describedBy, placeholder}) {
  const list = h('ul', {id: uniqueId('cc-options'), class: 'cc-options', role: 'listbox', 'aria-label': label, hidden: true});
  const input = h('input', {
    id, class: 'input', type: 'text', role: 'combobox', autocomplete: 'off', 'aria-expanded': 'false',
    'aria-controls': list.id, 'aria-autocomplete': 'list', 'aria-describedby': describedBy,
    placeholder: placeholder ?? t('Search…'),
  });
  const chips = h('ul', {class: 'cc-chips'});
  const root = h('div', {class: 'cc-combobox'}, isMultiple && chips, input, list);
  let chosen = [...values];
  let options = [];
  let active = -1;
  let asked = 0;
  let timer = null;
  let shownFor = '';

  function showChosen() {
    if (!isMultiple) {
      input.value = chosen.length ? name(chosen[0]) : '';
      return;
    }
    chips.replaceChildren(...chosen.map((value) => h('li', {class: 'cc-chip'}, h('span', {}, name(value)),
      h('button', {
        type: 'button', class: 'cc-chip-remove', 'aria-label': t('Remove {name}', {name: name(value)}),
        onclick: () => {
          set(chosen.filter((other) => other !== value));
          input.focus();
        },
      }, icon('close', 12)))));
    chips.hidden = chosen.length === 0;
  }

  function set(next) {
    chosen = next;
    showChosen();
    onChange([...chosen]);
  }

  function choose(option) {
    close();
    if (!isMultiple) set([option.value]);
    else if (!chosen.includes(option.value)) set([...chosen, option.value]);
    if (isMultiple) input.value = '';
  }

  function open(found) {
    const text = input.value.trim();
    shownFor = text;
    options = found.filter(({value}) => !isMultiple || !chosen.includes(value));
    const isKnown = options.some(({label: known}) => known.toLowerCase() === text.toLowerCase());
    if (isFree && text && !isKnown && !chosen.includes(text)) {
      options = [{value: text, label: t('Use “{text}”', {text}), hint: ''}, ...options];
    }
    active = isFree && text ? 0 : -1;
    list.replaceChildren(...options.map((option, place) => h('li', {
      id: `${list.id}-${place}`, class: 'cc-option', role: 'option', 'aria-selected': String(place === active),
      // The field keeps the focus.
      onpointerdown: (event) => event.preventDefault(),
      onclick: () => choose(option),
    }, h('span', {class: 'cc-option-label'}, option.label), option.hint && h('span', {class: 'cc-option-hint'}, option.hint))));
    if (options.length === 0) list.append(h('li', {class: 'cc-option-none', role: 'presentation'}, t('Nothing found')));
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
    mark();
  }

  function close() {
    asked += 1;
    clearTimeout(timer);
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  }

  function mark() {
    Array.from(list.children).forEach((item, place) => {
      if (item.role === 'presentation') return;
      item.setAttribute('aria-selected', String(place === active));
      if (place === active) item.scrollIntoView({block: 'nearest'});
    });
    if (active >= 0) input.setAttribute('aria-activedescendant', `${list.id}-${active}`);
    else input.removeAttribute('aria-activedescendant');
  }

  async function find(text) {
    asked += 1;
    const mine = asked;
    let found = [];
    try {
      found = await search(text);
    } catch (error) {
      list.replaceChildren(h('li', {class: 'cc-option-none', role: 'presentation'}, error.message));
      list.hidden = false;
      return;
    }
    // An answer to what was typed before comes too late.
    if (mine === asked && document.activeElement === input) open(found);
  }

  /** Takes the marked option; who types fast is ahead of the list. */
  async function enter() {
    const text = input.value.trim();
    const isCurrent = !list.hidden && shownFor === text;
    if (isCurrent && options[active]) choose(options[active]);
    else if (isFree && text) choose({value: text});
    else if (!isCurrent && text) {
      clearTimeout(timer);
      await find(text);
      if (!list.hidden && options[0]) choose(options[0]);
    }
  }

  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => find(input.value), 150);
  });
  input.addEventListener('focus', () => {
    if (!isMultiple) input.select();
    // What is chosen already is not covered by a list.
    if (chosen.length === 0) find('');
  });
  input.addEventListener('click', () => list.hidden && find(''));
  input.addEventListener('blur', () => {
    close();
    if (isFree && input.value.trim()) choose({value: input.value.trim()});
    else if (!isMultiple && input.value.trim() === '' && chosen.length) set([]);
    else if (!isMultiple) showChosen();
    else input.value = '';
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (list.hidden) {
        find(input.value);
        return;
      }
      const step = event.key === 'ArrowDown' ? 1 : -1;
      active = (active + step + options.length) % Math.max(1, options.length);
      mark();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      enter();
    } else if (event.key === 'Escape' && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === 'Backspace' && isMultiple && input.value === '' && chosen.length) {
      set(chosen.slice(0, -1));
    } else if (event.key === ',' && isFree && input.value.trim()) {
      event.preventDefault();
      choose({value: input.value.trim()});
    }
  });
  // Names come later than numbers.
  root.addEventListener('names', () => {
    if (isMultiple || document.activeElement !== input) showChosen();
  });
  showChosen();
  return {element: root, input};
}

// What can be added, in groups and found by name.

import {h, icon, uniqueId} from './canvas-dom.js';
import {dialog} from './canvas-dialogs.js';
import {allowedBelow, kinds} from './canvas-types.js';
import {t} from './texts.js';

/**
 * Lets the user choose one item.
 *
 * @param {Element} host Where the dialog is put.
 * @param {object} settings
 * @param {string} settings.title The heading.
 * @param {(text: string) => Promise<object[]>} settings.find Returns groups `{label, look, items}` for a text.
 * @param {{value: string, label: string}[]} [settings.paths] The paths to choose between.
 * @param {string} [settings.path] The path chosen at first.
 * @param {boolean} [settings.isWide] Whether groups stand side by side where there is room.
 * @returns {Promise<?{item: object, path: ?string}>}
 */
export function pick(host, {title, find, paths = [], path = null, placeholder, isWide = false}) {
  return new Promise((resolve) => {
    let chosen = null;
    let [place, options, active, asked] = [path, [], 0, 0];
    const list = h('div', {id: uniqueId('cc-pick'), class: 'cc-pick-list', role: 'listbox', 'aria-label': title});
    const input = h('input', {class: 'input', type: 'search', role: 'combobox', 'aria-expanded': 'true',
      'aria-controls': list.id, 'aria-autocomplete': 'list', 'aria-label': placeholder, placeholder, autocomplete: 'off'});
    const jumps = h('div', {class: 'cc-jumps'});
    const element = dialog(title, `cc-picker ${isWide ? 'is-wide' : ''}`, h('div', {class: 'cc-pick-head'},
      paths.length > 0 && pathChoice(paths, path, (next) => {
        place = next;
        show();
      }), h('div', {class: 'cc-search'}, icon('search'), input), jumps), list);

    const choose = (item) => {
      chosen = {item, path: place};
      element.close();
    };

    async function show() {
      asked += 1;
      const mine = asked;
      let groups;
      try {
        groups = await find(input.value.trim(), place);
      } catch (error) {
        groups = [];
        list.replaceChildren(h('p', {class: 'error'}, error.message));
      }
      if (mine !== asked) return;
      options = groups.flatMap(({items}) => items);
      active = 0;
      if (groups.length) list.replaceChildren(...groups.map((group) => groupOf(group, choose, list.id, options)));
      else if (!list.querySelector('.error')) list.replaceChildren(h('p', {class: 'hint'}, t('Nothing found')));
      jumps.replaceChildren(...groups.map(({label, look}, number) => h('button', {type: 'button', tabindex: '-1',
        class: `button small ${look}`, onclick: () => list.children[number].scrollIntoView({block: 'start'})}, label)));
      jumps.hidden = groups.length < 2;
      mark();
    }

    function mark() {
      for (const option of list.querySelectorAll('[role=option]')) {
        const isActive = option.id === `${list.id}-${active}`;
        option.setAttribute('aria-selected', String(isActive));
        if (isActive) option.scrollIntoView({block: 'nearest'});
      }
      if (options.length) input.setAttribute('aria-activedescendant', `${list.id}-${active}`);
      else input.removeAttribute('aria-activedescendant');
    }

    input.addEventListener('input', show);
    input.addEventListener('keydown', (event) => {
      const steps = {ArrowDown: 1, ArrowUp: -1};
      if (event.key in steps && options.length) {
        event.preventDefault();
        active = (active + steps[event.key] + options.length) % options.length;
        mark();
      } else if (event.key === 'Enter') {
        event.preventDefault();
        if (options[active]) choose(options[active]);
      }
    });
    element.addEventListener('close', () => resolve(chosen));
    host.append(element);
    element.showModal();
    input.focus();
    show();
  });
}

function pathChoice(paths, path, onChange) {
  const group = uniqueId('cc-path');
  return h('fieldset', {class: 'cc-paths'}, h('legend', {class: 'cc-hidden'}, t('Path')),
    paths.map(({value, label}) => h('label', {class: `cc-path ${value}`},
      h('input', {type: 'radio', name: group, value, checked: value === path, onchange: () => onChange(value)}),
      h('span', {}, label))));
}

function groupOf({label, look, items}, choose, id, options) {
  const title = uniqueId('cc-group');
  return h('div', {class: `cc-pick-group ${look}`, role: 'group', 'aria-labelledby': title},
    h('div', {id: title, class: 'cc-pick-title'}, label),
    items.map((item) => h('div', {id: `${id}-${options.indexOf(item)}`, class: 'cc-pick-item', role: 'option',
      'aria-selected': 'false', onclick: () => choose(item)},
    h('span', {class: 'cc-tile'}, icon(item.icon)),
    h('span', {class: 'cc-pick-text'}, h('span', {class: 'cc-pick-label'}, item.label),
      item.about && h('span', {class: 'cc-pick-about'}, item.about)))));
}

/** Returns the types that may hang below an event, by kind. */
export function typeGroups(parent, path, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({label, about, type}) =>
    words.every((word) => [t(label), t(about), type].some((part) => part.toLowerCase().includes(word)));
  return kinds.map(({kind, plural}) => ({
    label: t(plural), look: kind,
    items: allowedBelow(parent, path).filter((entry) => entry.kind === kind && fits(entry))
      // What stands only here comes first: it is why one looks here.
      .sort((one, other) => Number(Boolean(other.below)) - Number(Boolean(one.below)))
      .map((entry) => ({value: entry.type, label: t(entry.label), about: t(entry.about), icon: entry.icon})),
  })).filter(({items}) => items.length);
}

/** Returns the segments and forms that are no sources yet. */
export async function sourceGroups(doc, records, text) {
  const taken = new Set(doc.sources.map(({kind, id}) => `${kind} ${id}`));
  const groups = await Promise.all([['segment', t('Segments')], ['form', t('Forms')]].map(async ([kind, label]) => ({
    label, look: 'start',
    items: (await records.search(kind, text)).filter(({value}) => !taken.has(`${kind} ${value}`))
      .map(({value, label: name}) => ({value, kind, label: name, icon: kind})),
  })));
  return groups.filter(({items}) => items.length);
}

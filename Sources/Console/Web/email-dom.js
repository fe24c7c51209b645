// Elements made by script. Text always becomes text, never markup.

const SVG = 'http://www.w3.org/2000/svg';

/** Drawings by name, on a grid of 24 by 24. */
const ICONS = {
  section: 'M3 5h18v14H3z', 'columns-1': 'M5 5h14v14H5z', 'columns-2': 'M4 5h16v14H4zM12 5v14',
  'columns-3': 'M3 5h18v14H3zM9 5v14M15 5v14', 'columns-1-2': 'M4 5h16v14H4zM9.3 5v14', 'columns-2-1': 'M4 5h16v14H4zM14.7 5v14',
  heading: 'M6 5v14M18 5v14M6 12h12', text: 'M4 6h16M4 12h16M4 18h10', button: 'M3 8h18v8H3zM8 12h8',
  image: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9h.01', divider: 'M4 12h16', spacer: 'M12 4v16M8 8l4-4 4 4M8 16l4 4 4-4',
  video: 'M4 5h16v14H4zM10 9l5 3-5 3z', social: 'M8 12l8-4M8 12l8 4M6 14a2 2 0 110-4 2 2 0 010 4zM18 9a2 2 0 110-4 2 2 0 010 4zM18 19a2 2 0 110-4 2 2 0 010 4z',
  dynamic: 'M13 3L5 14h6l-1 7 8-11h-6z', footer: 'M4 5h16v14H4zM7 15h10',
  undo: 'M9 14l-4-4 4-4M5 10h9a5 5 0 010 10h-3', redo: 'M15 14l4-4-4-4M19 10h-9a5 5 0 000 10h3',
  desktop: 'M3 5h18v11H3zM9 20h6M12 16v4', phone: 'M8 3h8v18H8zM11 18h2', up: 'M12 19V5M6 11l6-6 6 6', down: 'M12 5v14M6 13l6 6 6-6',
  move: 'M12 3v18M3 12h18M9 6l3-3 3 3M9 18l3 3 3-3M6 9l-3 3 3 3M18 9l3 3-3 3', copy: 'M9 9h10v10H9zM5 15V5h10', trash: 'M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12', edit: 'M5 19l1-4L16 5l3 3L9 18z',
  left: 'M4 6h16M4 12h10M4 18h13', center: 'M4 6h16M7 12h10M5 18h14', right: 'M4 6h16M10 12h10M7 18h13', braces: 'M9 4c-3 0-2 4-2 6s-2 2-2 2 2 0 2 2-1 6 2 6M15 4c3 0 2 4 2 6s2 2 2 2-2 0-2 2 1 6-2 6',
};

/**
 * Makes an element.
 *
 * @param {string} tag Its name.
 * @param {object} attributes Attributes; `on…` adds a listener, `value`, `checked`, `disabled` and `hidden` set properties;
 *   what is null, undefined or false is left out.
 * @param {...(Node|string|null|undefined|false)} children What stands in it.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (['value', 'checked', 'disabled', 'hidden', 'selected'].includes(name)) element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Makes an icon that says nothing to screen readers. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name] ?? '');
  svg.append(path);
  return svg;
}

let last = 0;

/** An id that no other element has. */
export function freshID(prefix) {
  last += 1;
  return `${prefix}-${last}`;
}

/** A labelled control. */
export function field(label, control, hint) {
  control.id ||= freshID('field');
  const note = hint && h('p', {class: 'hint', id: `${control.id}-hint`}, hint);
  if (note) control.setAttribute('aria-describedby', note.id);
  return h('div', {class: 'field'}, h('label', {class: 'label', for: control.id}, label), control, note);
}

/**
 * Makes tabs: the arrow keys go from one to the next.
 *
 * @param {HTMLElement} list Gets the buttons.
 * @param {{id: string, label: string, panel: HTMLElement}[]} tabs The tabs.
 * @param {(id: string) => void} [changed] Is told which one is shown.
 * @returns {(id: string) => void} Shows a tab.
 */
export function tabs(list, tabs, changed = () => {}) {
  const prefix = freshID('tab');
  list.setAttribute('role', 'tablist');
  const buttons = new Map();
  const show = (id) => {
    for (const tab of tabs) {
      const isShown = tab.id === id;
      const button = buttons.get(tab.id);
      button.setAttribute('aria-selected', String(isShown));
      button.tabIndex = isShown ? 0 : -1;
      tab.panel.hidden = !isShown;
    }
    changed(id);
  };
  tabs.forEach(({id, label, panel}, index) => {
    const move = (event) => {
      const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
      const next = step ? tabs[(index + step + tabs.length) % tabs.length] : {Home: tabs[0], End: tabs.at(-1)}[event.key];
      if (!next) return;
      event.preventDefault();
      show(next.id);
      buttons.get(next.id).focus();
    };
    const button = h('button', {
      type: 'button', role: 'tab', class: 'tab', id: `${prefix}-${id}`, onclick: () => show(id), onkeydown: move,
    }, label);
    panel.id ||= `${prefix}-panel-${id}`;
    button.setAttribute('aria-controls', panel.id);
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-labelledby', button.id);
    buttons.set(id, button);
    list.append(button);
  });
  return show;
}

// Elements made by script. Text always becomes text, never markup.

const SVG = 'http://www.w3.org/2000/svg';

const ICONS = {
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6L6 18',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  drag: 'M9 6h.01M9 12h.01M9 18h.01M15 6h.01M15 12h.01M15 18h.01',
  up: 'M12 19V5M6 11l6-6 6 6',
  down: 'M12 5v14M6 13l6 6 6-6',
  copy: 'M9 9h10v10H9zM5 15V5h10',
  trash: 'M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12',
  undo: 'M9 14l-4-4 4-4M5 10h9a5 5 0 010 10h-3',
  redo: 'M15 14l4-4-4-4M19 10h-9a5 5 0 000 10h3',
  split: 'M12 4v6M12 10l-6 6v4M12 10l6 6v4',
};

/**
 * Makes an element.
 *
 * @param {string} tag Its name.
 * @param {object} attributes Attributes; `on…` adds a listener, `value`, `checked`, `disabled` and `hidden` set
 *   properties; what is null, undefined or false is left out.
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
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Makes an icon that says nothing to screen readers. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  if (name === 'drag' || name === 'more') path.setAttribute('stroke-width', '3');
  svg.append(path);
  return svg;
}

/** Makes a button with an icon alone. */
export function iconButton(name, label, attributes = {}) {
  const {class: extra = '', ...rest} = attributes;
  return h('button', {
    type: 'button', class: `button icon plain small ${extra}`.trim(), 'aria-label': label, title: label, ...rest,
  }, icon(name));
}

let last = 0;
/** Returns an id that no other element has. */
export const freshID = (prefix) => `${prefix}-${++last}`;

/** Returns a number in the page's language. */
export function formatNumber(number) {
  return new Intl.NumberFormat(document.documentElement.lang || undefined).format(number);
}

/** Puts children in order, touching those alone that are not in their places. */
export function replace(parent, children) {
  for (const child of [...parent.children]) if (!children.includes(child)) child.remove();
  for (const [index, child] of children.entries()) {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  }
}

// Elements without templates: all that comes from outside goes in as text.

const svgSpace = 'http://www.w3.org/2000/svg';

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value') element.value = value;
    else if (name === 'checked') element.checked = true;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Makes an HTML element; members that begin with `on` are listeners. */
export function h(tag, properties, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** Makes an SVG element. */
export function s(tag, properties, ...children) {
  return fill(document.createElementNS(svgSpace, tag), properties, children);
}

let ids = 0;

/** Returns an id for an element that another one refers to. */
export function uniqueId(prefix) {
  ids += 1;
  return `${prefix}-${ids}`;
}

// Line drawings on a grid of 24.
const drawings = {
  mail: 'M4 6h16v12H4zM4 7l8 6 8-6',
  bell: 'M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20a2 2 0 0 0 4 0',
  star: 'M12 4l2.4 5 5.6.7-4.1 3.8 1.1 5.5-5-2.8-5 2.8 1.1-5.5L4 9.7 9.6 9z',
  segment: 'M9 11a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 9 11zM3.5 19c.4-3.4 2.6-5 5.5-5s5.1 1.6 5.5 5M16 5.2a3 3 0 0 1 0 5.6M17.5 14.4c1.8.7 2.8 2.2 3 4.6',
  tag: 'M4 5v6.5l8.5 8.5 7-7L11 4.5H4.5zM8 8.5h.01',
  user: 'M12 11.5a3.7 3.7 0 1 0 0-7.4 3.7 3.7 0 0 0 0 7.4zM5 20c.5-4 3.2-6 7-6s6.5 2 7 6',
  company: 'M5 20V5h9v15M14 10h5v10M3.5 20h17M8 8.5h3M8 12h3M8 15.5h3',
  flag: 'M6 20V4.5M6 5h11.5l-2.5 4 2.5 4H6',
  campaign: 'M12 4v5M12 9H6.5v4M12 9h5.5v4M4.5 13h4v4h-4zM15.5 13h4v4h-4z',
  jump: 'M5 7h9a5 5 0 0 1 0 10H6M9.5 13.5L6 17l3.5 3.5',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1.2 1.2M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1.2-1.2',
  ban: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM6.5 6.5l11 11',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  trash: 'M5 7h14M10 4h4M7 7l.8 13h8.4L17 7M10 10.5v6M14 10.5v6',
  page: 'M5 5h14v14H5zM5 9.5h14M9.5 9.5V19',
  bolt: 'M13 3.5L6 13h5l-1 7.5L18 10.5h-5.5z',
  eye: 'M3 12s3.3-6 9-6 9 6 9 6-3.3 6-9 6-9-6-9-6zM12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  pointer: 'M6 4.5l4.5 14 2.2-5.8 5.8-2.2zM13.5 13.5l5 5',
  reply: 'M9 6L4 11l5 5M4 11h9a7 7 0 0 1 7 7',
  globe: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM4 12h16M12 4c5 5 5 11 0 16M12 4c-5 5-5 11 0 16',
  device: 'M8 3.5h8v17H8zM11 17.5h2',
  form: 'M5 4h14v16H5zM8.5 8.5h7M8.5 12h7M8.5 15.5h4',
  download: 'M12 4v11M7.5 10.5L12 15l4.5-4.5M5 19.5h14',
  message: 'M4 5h16v11H10l-4 3.5V16H4z',
  question: 'M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4M12 17.5h.01',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  close: 'M6 6l12 12M18 6L6 18',
  undo: 'M8 5L4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11H9',
  redo: 'M16 5l4 4-4 4M20 9H10a5.5 5.5 0 0 0 0 11h5',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  paste: 'M8 5H5v15h14V5h-3M9 3.5h6V7H9zM9 12h6M9 15.5h4',
  tidy: 'M9 4h6v4H9zM4 16h6v4H4zM14 16h6v4h-6zM12 8v4M7 16v-4h10v4',
  fit: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  list: 'M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 9.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM9 19.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z',
  select: 'M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M9 12h6M12 9v6',
  clock: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 7.5V12l3 2',
  warning: 'M12 4.5L3.5 19h17zM12 10v4M12 16.5h.01',
  keyboard: 'M3 7h18v10H3zM6.5 10h.01M10 10h.01M13.5 10h.01M17 10h.01M8 13.8h8',
  move: 'M12 4v16M4 12h16M9.5 6.5L12 4l2.5 2.5M9.5 17.5L12 20l2.5-2.5M6.5 9.5L4 12l2.5 2.5M17.5 9.5L20 12l-2.5 2.5',
  up: 'M6 14.5l6-6 6 6',
  down: 'M6 9.5l6 6 6-6',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20 20',
};

/** Returns the path of a drawing. */
export function drawing(name) {
  return drawings[name] ?? drawings.question;
}

/** Makes a drawing; it says nothing to screen readers. */
export function icon(name, size = 18) {
  return s('svg', {class: 'cc-icon', width: size, height: size, viewBox: '0 0 24 24', 'aria-hidden': 'true'},
    s('path', {d: drawing(name)}));
}

/** Makes a button with a drawing. */
export function iconButton(name, label, onclick, properties = {}) {
  return h('button', {type: 'button', class: 'button icon', title: label, 'aria-label': label, onclick, ...properties},
    icon(name));
}

let ruler;

/** Cuts a text so that it fits into a width. */
export function fit(text, width, font) {
  ruler ??= document.createElement('canvas').getContext('2d');
  ruler.font = font;
  if (ruler.measureText(text).width <= width) return text;
  const letters = Array.from(text);
  let [low, high] = [0, letters.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const cut = `${letters.slice(0, middle).join('').trimEnd()}…`;
    if (ruler.measureText(cut).width <= width) low = middle;
    else high = middle - 1;
  }
  return `${letters.slice(0, low).join('').trimEnd()}…`;
}

/** Returns the width of a text. */
export function widthOf(text, font) {
  ruler ??= document.createElement('canvas').getContext('2d');
  ruler.font = font;
  return ruler.measureText(text).width;
}

// The picture as a file.

import {s} from './canvas-dom.js';
import {boundsOf} from './canvas-layout.js';

const styles = [
  'fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin',
  'font-family', 'font-size', 'font-weight', 'opacity', 'display', 'visibility', 'marker-end',
];
const margin = 40;

/** Returns the picture as an SVG document that needs no stylesheet. */
export function picture(host, view) {
  const box = boundsOf(host.doc, host.hasFooter);
  const area = {x: box.x - margin, y: box.y - margin, width: box.width + 2 * margin, height: box.height + 2 * margin};
  const root = s('svg', {xmlns: 'http://www.w3.org/2000/svg', width: area.width, height: area.height,
    viewBox: `${area.x} ${area.y} ${area.width} ${area.height}`});
  const ground = getComputedStyle(host).getPropertyValue('--bg').trim() || '#ffffff';
  root.append(s('rect', {...area, fill: ground}), inlined(view.svg.querySelector('defs')));
  for (const layer of [view.lines, view.cards]) root.append(inlined(layer));
  return new XMLSerializer().serializeToString(root);
}

/** Copies an element with the look that the stylesheets give it. */
function inlined(element) {
  const copy = element.cloneNode(true);
  const [from, to] = [[element, ...element.querySelectorAll('*')], [copy, ...copy.querySelectorAll('*')]];
  from.forEach((original, place) => {
    const look = getComputedStyle(original);
    for (const name of styles) {
      const value = look.getPropertyValue(name);
      if (value) to[place].setAttribute(name, value);
    }
    // What only helps to edit is left out below.
    if (original.matches('.cc-start-add, .cc-touch, .cc-ring')) to[place].setAttribute('display', 'none');
    for (const name of ['class', 'tabindex', 'role', 'data-card', 'data-action']) to[place].removeAttribute(name);
  });
  for (const hidden of copy.querySelectorAll('[display=none], a')) {
    if (hidden.localName === 'a') hidden.replaceWith(...hidden.childNodes);
    else hidden.remove();
  }
  return copy;
}

/** Hands a text to the user as a file. */
export function download(text, name, type) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], {type}));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Returns a name for a file. */
export function fileName(name, ending) {
  const plain = name.trim().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '').toLowerCase();
  return `${plain || 'campaign'}.${ending}`;
}

// Places for cards: by dagre where it is loaded, else in layers of our own.

import {childrenOf, find, walk} from './canvas-graph.js';

export const card = {width: 248, height: 80, footer: 30};
/** There is room for a line below each card that tells counts. */
export const gap = {x: 36, y: 104};

/** The height of the card of sources, which has a line for each. */
export function startHeight(doc) {
  return 58 + 26 * Math.max(1, doc.sources.length);
}

/** The size of a card; `start` is that of the sources. */
export function sizeOf(doc, id, hasFooter = false) {
  if (id === 'start') return {width: card.width, height: startHeight(doc)};
  return {width: card.width, height: card.height + (hasFooter ? card.footer : 0)};
}

/** Returns the document with all cards in order. */
export function tidy(doc, dagre = null) {
  const spots = dagre ? byDagre(doc, dagre) : byLayers(doc);
  const events = doc.events.map((event) => ({...event, ...(spots.get(event.id) ?? {})}));
  return {...doc, start: spots.get('start'), events};
}

/** Whether the cards stand where tidying would put them. */
export function isTidy(doc, dagre = null) {
  const tidied = tidy(doc, dagre);
  const dx = doc.start.x - tidied.start.x;
  const dy = doc.start.y - tidied.start.y;
  return doc.events.every((event, place) => {
    const other = tidied.events[place];
    return Math.abs(event.x - other.x - dx) < 2 && Math.abs(event.y - other.y - dy) < 2;
  });
}

function byDagre(doc, dagre) {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({rankdir: 'TB', nodesep: gap.x, ranksep: gap.y});
  graph.setDefaultEdgeLabel(() => ({}));
  graph.setNode('start', sizeOf(doc, 'start'));
  // Dagre keeps the order in which nodes come, so yes stays left of no.
  walk(doc, (event) => {
    graph.setNode(event.id, sizeOf(doc, event.id));
    graph.setEdge(event.parent ?? 'start', event.id);
  });
  dagre.layout(graph);
  const spots = new Map();
  for (const id of graph.nodes()) {
    const {x, y, width, height} = graph.node(id);
    spots.set(id, {x: Math.round(x - width / 2), y: Math.round(y - height / 2)});
  }
  return spots;
}

/** Each subtree gets a column as wide as it needs; parents stand in the middle of their children. */
function byLayers(doc) {
  const spots = new Map();
  const step = card.height + gap.y;
  const top = startHeight(doc) + gap.y;
  const place = (id, left, level) => {
    let right = left;
    const children = childrenOf(doc, id === 'start' ? null : id);
    for (const child of children) right = place(child.id, right, level + 1);
    let x = left;
    if (children.length) {
      x = (spots.get(children[0].id).x + spots.get(children.at(-1).id).x) / 2;
    } else {
      right = left + card.width + gap.x;
    }
    spots.set(id, {x: Math.round(x), y: level === 0 ? 0 : top + (level - 1) * step});
    return right;
  };
  place('start', 0, 0);
  return spots;
}

/**
 * Returns a spot below a card where nothing stands, as near as possible to where it belongs.
 *
 * @param {{x: number, y: number}[]} [block] Where the cards to place stand, seen from the corner of all of them.
 */
export function freeSpot(doc, parent, path, block = [{x: 0, y: 0}]) {
  const above = parent === null ? doc.start : find(doc, parent);
  const size = sizeOf(doc, parent ?? 'start');
  const aside = path === null ? 0 : (card.width + gap.x) / 2;
  const y = above.y + size.height + gap.y;
  const wanted = above.x + (path === 'yes' ? -aside : aside);
  const height = card.height + card.footer;
  const isFree = (x) => doc.events.every((event) => block.every((part) =>
    Math.abs(event.x - x - part.x) >= card.width + gap.x / 2 || Math.abs(event.y - y - part.y) >= height));
  // On both sides in turn, for as long as there are cards that could be in the way.
  for (let tries = 0; tries <= 4 * doc.events.length + 4; tries += 1) {
    const steps = Math.ceil(tries / 2) * (tries % 2 ? 1 : -1);
    const side = path === 'yes' ? -steps : steps;
    const x = wanted + (side * (card.width + gap.x)) / 2;
    if (isFree(x)) return {x, y};
  }
  return {x: wanted, y};
}

/** Returns the rectangle that holds some cards, or all. */
export function boundsOf(doc, hasFooter = false, ids = ['start', ...doc.events.map(({id}) => id)]) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const id of ids) {
    const {x, y} = id === 'start' ? doc.start : find(doc, id);
    const size = sizeOf(doc, id, hasFooter);
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + size.width);
    bottom = Math.max(bottom, y + size.height);
  }
  return {x: left, y: top, width: right - left, height: bottom - top};
}

/** Returns the nearest card in a direction, by the middles of cards. */
export function neighbour(doc, id, dx, dy) {
  const spot = (name) => (name === 'start' ? doc.start : find(doc, name));
  const from = spot(id);
  let best = null;
  let least = Infinity;
  for (const name of ['start', ...doc.events.map((event) => event.id)]) {
    if (name === id) continue;
    const to = spot(name);
    const along = (to.x - from.x) * dx + (to.y - from.y) * dy;
    const across = Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx);
    // What lies more aside than ahead is not where the arrow points.
    if (along <= 4 || across > along) continue;
    const distance = along + 3 * across;
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
}

/** Returns the cards that a rectangle touches. */
export function within(doc, area, hasFooter = false) {
  return ['start', ...doc.events.map(({id}) => id)].filter((id) => {
    const {x, y} = id === 'start' ? doc.start : find(doc, id);
    const size = sizeOf(doc, id, hasFooter);
    return x < area.x + area.width && x + size.width > area.x && y < area.y + area.height &&
      y + size.height > area.y;
  });
}

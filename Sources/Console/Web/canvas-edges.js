// The courses of lines. Pure.

const radius = 10;
/** How far a line runs straight down, with the place to add events on it. */
const trunk = 46;

/** Returns where lines leave a card. */
export function portOf(box, event, path) {
  const isBranch = event !== null && event.kind !== 'action';
  const share = {yes: 0.25, no: 0.75}[path] ?? 0.5;
  return {x: box.x + box.width * share, y: box.y + box.height + (isBranch ? 10 : 0)};
}

/** Returns the course from a port to the top of a card: down, across, down. */
export function edgePath(from, box) {
  const to = {x: box.x + box.width / 2, y: box.y};
  // Where there is little room, the turn comes sooner; a pill at the top of the card takes some of it.
  const turn = Math.min(from.y + trunk, to.y - 12 - radius);
  if (Math.abs(from.x - to.x) < 1 && to.y > from.y) return `M${from.x} ${from.y}V${to.y}`;
  // A card beside or above its parent is reached by a bow.
  if (turn < from.y + radius) {
    const bend = Math.max(60, Math.abs(to.x - from.x) / 2);
    return `M${from.x} ${from.y}C${from.x} ${from.y + bend} ${to.x} ${to.y - bend} ${to.x} ${to.y}`;
  }
  const r = Math.min(radius, Math.abs(to.x - from.x) / 2);
  const side = Math.sign(to.x - from.x);
  return `M${from.x} ${from.y}V${turn - r}q0 ${r} ${side * r} ${r}H${to.x - side * r}q${side * r} 0 ${side * r} ${r}V${to.y}`;
}

/**
 * Returns the course of a jump: out at the right, along beside all that stands between, and back in.
 *
 * @param {{x, y, width, height}[]} boxes All cards.
 */
export function jumpPath(box, target, boxes) {
  const from = {x: box.x + box.width, y: box.y + box.height / 2};
  const to = {x: target.x + target.width, y: target.y + target.height / 2};
  const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
  const between = boxes.filter(({y, height}) => y < bottom && y + height > top);
  const far = Math.max(...between.map(({x, width}) => x + width)) + 24;
  const turn = Math.sign(to.y - from.y) * Math.min(radius, (bottom - top) / 2);
  return `M${from.x} ${from.y}H${far - radius}q${radius} 0 ${radius} ${turn}V${to.y - turn}q0 ${turn} ${-radius} ${turn}H${to.x + 3}`;
}

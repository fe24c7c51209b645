// What part of the picture is seen: moving and zooming.

const least = 0.12;
const most = 2;

export class Viewport {
  #svg;
  #world;
  #onChange;

  /** @param {(scale: number) => void} onChange Is called with each new scale. */
  constructor(svg, world, onChange) {
    [this.#svg, this.#world, this.#onChange] = [svg, world, onChange];
    [this.x, this.y, this.scale] = [0, 0, 1];
    svg.addEventListener('wheel', (event) => this.#wheel(event), {passive: false});
  }

  /** Whether the picture has a size: it has none while its page is hidden. */
  get isShown() {
    return this.#svg.clientWidth > 0;
  }

  #apply() {
    this.#world.setAttribute('transform', `translate(${this.x} ${this.y}) scale(${this.scale})`);
    this.#svg.style.setProperty('--cc-grid', `${24 * this.scale}px`);
    this.#svg.style.setProperty('--cc-grid-x', `${this.x}px`);
    this.#svg.style.setProperty('--cc-grid-y', `${this.y}px`);
    this.#onChange(this.scale);
  }

  /** Returns the point of the picture under the pointer. */
  toWorld({clientX, clientY}) {
    const {left, top} = this.#svg.getBoundingClientRect();
    return {x: (clientX - left - this.x) / this.scale, y: (clientY - top - this.y) / this.scale};
  }

  /** Moves the picture. */
  pan(dx, dy) {
    this.x += dx;
    this.y += dy;
    this.#apply();
  }

  /** Zooms; the point under the pointer, or the middle, stays where it is. */
  zoom(factor, at = null) {
    const {left, top, width, height} = this.#svg.getBoundingClientRect();
    const x = at ? at.clientX - left : width / 2;
    const y = at ? at.clientY - top : height / 2;
    const scale = Math.min(most, Math.max(least, this.scale * factor));
    this.x = x - ((x - this.x) * scale) / this.scale;
    this.y = y - ((y - this.y) * scale) / this.scale;
    this.scale = scale;
    this.#apply();
  }

  /** Shows a rectangle as large as possible, but not enlarged. */
  fit(box) {
    const width = this.#svg.clientWidth;
    const height = this.#svg.clientHeight;
    if (!width || !height) return;
    const margin = Math.min(56, width / 12);
    const space = {width: box.width + 2 * margin, height: box.height + 2 * margin + 40};
    this.scale = Math.max(least, Math.min(1, width / space.width, height / space.height));
    this.x = (width - box.width * this.scale) / 2 - box.x * this.scale;
    const rest = height - (box.height + 40) * this.scale;
    this.y = Math.min(rest / 2, margin) - box.y * this.scale;
    this.#apply();
  }

  /** Moves the picture just so far that a rectangle is seen above what covers the bottom. */
  reveal(box, covered = 0) {
    const margin = 24;
    const width = this.#svg.clientWidth;
    const height = this.#svg.clientHeight - covered;
    const left = box.x * this.scale + this.x;
    const top = box.y * this.scale + this.y;
    const right = left + box.width * this.scale;
    const bottom = top + box.height * this.scale;
    let [dx, dy] = [0, 0];
    if (right > width - margin) dx = width - margin - right;
    if (left + dx < margin) dx = margin - left;
    if (bottom > height - margin) dy = height - margin - bottom;
    if (top + dy < margin) dy = margin - top;
    if (dx || dy) this.pan(dx, dy);
  }

  #wheel(event) {
    event.preventDefault();
    // Some mice count in lines.
    const unit = event.deltaMode === 1 ? 16 : 1;
    if (event.ctrlKey || event.metaKey) {
      this.zoom(Math.exp(-event.deltaY * unit * (event.deltaMode === 1 ? 0.02 : 0.008)), event);
    } else if (event.shiftKey) {
      this.pan(-(event.deltaX || event.deltaY) * unit, 0);
    } else {
      this.pan(-event.deltaX * unit, -event.deltaY * unit);
    }
  }
}

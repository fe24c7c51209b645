// The e-mail as a list of what stands in it: the way to reach every part by keyboard.

import {t} from './texts.js';
import {blockLabel} from './email-blocks.js';
import {h, icon} from './email-dom.js';
import {contentOf, hasClass, tagOf, withParents} from './email-editor.js';

const HEADINGS = new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6']);
const CLASSES = {
  'ml-section': 'section', 'ml-columns': 'columns', 'ml-col': 'column', 'ml-spacer': 'spacer', 'ml-divider-block': 'divider',
  'ml-video-block': 'video', 'ml-footer-block': 'footer', 'ml-dynamic-block': 'dynamic', 'ml-button-block': 'button', 'ml-image-block': 'image',
};

/** The kind of a part; null for what the outline passes over. */
export function kindOf(component) {
  for (const [name, kind] of Object.entries(CLASSES)) if (hasClass(component, name)) return kind;
  if (hasClass(component, 'ml-block')) {
    const content = contentOf(component);
    if (content.getEl()?.closest('.ml-social')) return 'social';
    return HEADINGS.has(tagOf(content)) ? 'heading' : 'text';
  }
  // In e-mails that were made elsewhere.
  if (withParents(component).slice(1).some((outer) => hasClass(outer, 'ml-block'))) {
    return tagOf(component) === 'a' && component.parent() && hasClass(component.parent(), 'ml-social-link') ? 'link' : null;
  }
  const tag = tagOf(component);
  if (HEADINGS.has(tag)) return 'heading';
  if (tag === 'img') return 'image';
  if (component.get('type') === 'text' || component.get('type') === 'link') return tag === 'a' ? 'link' : 'text';
  return null;
}

/** The icon of a kind. */
export function iconOf(kind) {
  return {columns: 'columns-2', column: 'columns-1', link: 'button'}[kind] ?? kind;
}

/** The name of a kind. */
export function kindLabel(kind) {
  return {columns: t('Columns'), column: t('Column'), link: t('Link')}[kind] ?? blockLabel(kind);
}

/** What a part says, in short. */
function summary(component, kind) {
  if (['section', 'columns', 'column', 'spacer', 'divider'].includes(kind)) return '';
  const element = component.getEl();
  const text = (element?.innerText || element?.querySelector('img')?.alt || element?.alt || '').replace(/\s+/g, ' ').trim();
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** The parts in order, with their depth. */
function rows(component, depth, found = []) {
  for (const child of component.components().models) {
    const kind = kindOf(child);
    if (kind) found.push({component: child, kind, depth});
    rows(child, kind ? depth + 1 : depth, found);
  }
  return found;
}

/** Makes the outline of an e-mail, and keeps it true. */
export class Outline {
  #editor;
  #tree = h('ul', {role: 'tree', class: 'outline', 'aria-label': t('Outline')});
  #rows = [];
  #timer;

  constructor(editor) {
    this.#editor = editor;
    this.element = h('div', {class: 'outline-panel'},
      h('p', {class: 'hint'}, t('Arrow keys go through the parts, Enter edits, Alt and an arrow key moves, Delete removes.')), this.#tree);
    this.#tree.addEventListener('keydown', (event) => this.#press(event));
    const again = () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.draw(), 80);
    };
    for (const name of ['update', 'component:selected', 'component:deselected']) editor.grapes.on(name, again);
  }

  draw() {
    const hadFocus = this.#tree.contains(document.activeElement);
    this.#rows = rows(this.#editor.wrapper, 1);
    const selected = this.#editor.selected;
    const line = selected ? withParents(selected) : [];
    const current = line.map((part) => this.#rows.findIndex((row) => row.component === part)).find((at) => at >= 0) ?? -1;
    this.#tree.replaceChildren(...this.#rows.map((row, index) => h('li', {
      role: 'treeitem', 'aria-level': row.depth, 'aria-selected': String(index === current), class: 'outline-item',
      tabindex: index === Math.max(current, 0) ? 0 : -1, 'data-depth': Math.min(row.depth, 6), onclick: () => this.#choose(index),
    }, icon(iconOf(row.kind)), h('span', {class: 'outline-kind'}, kindLabel(row.kind)), h('span', {class: 'outline-text'}, summary(row.component, row.kind)))));
    if (hadFocus) this.#tree.querySelector('[tabindex="0"]')?.focus();
  }

  #choose(index) {
    const row = this.#rows[index];
    if (!row) return;
    const isFrame = ['section', 'columns', 'column'].includes(row.kind);
    this.#editor.select(isFrame ? row.component : contentOf(row.component));
    this.draw();
    this.#tree.children[index]?.focus();
  }

  #press(event) {
    const index = [...this.#tree.children].indexOf(document.activeElement);
    if (index < 0) return;
    const {component} = this.#rows[index];
    const step = {ArrowUp: -1, ArrowDown: 1}[event.key];
    if (step && event.altKey) {
      this.#editor.select(contentOf(component));
      this.#editor.move(component, step);
    } else if (step) {
      this.#choose(Math.min(Math.max(index + step, 0), this.#rows.length - 1));
    } else if (event.key === 'Home' || event.key === 'End') {
      this.#choose(event.key === 'Home' ? 0 : this.#rows.length - 1);
    } else if (event.key === 'ArrowLeft') {
      this.#choose(this.#rows.findLastIndex((row, at) => at < index && row.depth < this.#rows[index].depth));
    } else if (event.key === 'ArrowRight') {
      if (this.#rows[index + 1]?.depth > this.#rows[index].depth) this.#choose(index + 1);
    } else if (event.key === 'Delete') {
      this.#editor.remove(component);
    } else if (event.key === 'Enter') {
      this.element.dispatchEvent(new CustomEvent('outline-edit', {bubbles: true}));
    } else {
      return;
    }
    event.preventDefault();
  }
}

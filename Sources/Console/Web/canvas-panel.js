// The panel at the side: one event, the sources, the campaign's settings or the list of events.

import {h, icon, iconButton} from './canvas-dom.js';
import {eventForm} from './canvas-event-form.js';
import {problemPlace} from './canvas-problems.js';
import {outline} from './canvas-outline.js';
import {settingsForm} from './canvas-settings.js';
import {find} from './canvas-graph.js';
import {kindName} from './canvas-text.js';
import {typeOf} from './canvas-types.js';
import {t} from './texts.js';

export class Panel {
  #host;
  #view = null;

  /** @param {HTMLElement} host The canvas. */
  constructor(host) {
    this.#host = host;
    this.element = h('aside', {class: 'cc-panel', hidden: true, 'aria-label': t('Details')});
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      event.stopPropagation();
      this.close();
    });
  }

  /** What is shown: `event`, `start`, `settings`, `outline`, or null. */
  get view() {
    return this.#view;
  }

  /** How much of the picture's bottom the panel covers, on small screens. */
  get covered() {
    const covers = getComputedStyle(this.element).position === 'absolute';
    return covers ? this.element.offsetHeight : 0;
  }

  /** Shows a view; the same one is drawn afresh, and the keyboard stays where it was. */
  show(view) {
    const place = view === this.#view ? this.#controls().indexOf(document.activeElement) : -1;
    this.#view = view;
    this.element.hidden = view === null;
    if (view === null) {
      this.element.replaceChildren();
      return;
    }
    const top = this.element.querySelector('.cc-panel-body')?.scrollTop ?? 0;
    this.element.replaceChildren(...this.#content());
    this.element.querySelector('.cc-panel-body').scrollTop = top;
    if (place >= 0) (this.#controls()[place] ?? this.#controls().at(-1))?.focus({preventScroll: true});
  }

  #controls() {
    return Array.from(this.element.querySelectorAll('a[href], button, input, select, textarea, summary'));
  }

  /** Closes the panel and gives the focus back to the canvas. */
  close() {
    const hadFocus = this.element.contains(document.activeElement);
    this.show(null);
    this.#host.panelClosed();
    if (hadFocus) this.#host.focusCard();
  }

  /** Draws the view again, and focuses what a selector finds. */
  refresh(selector) {
    this.show(this.#view);
    if (selector) this.element.querySelector(selector)?.focus();
  }

  /** Shows the problems that a change has brought or taken away, without touching what is being typed. */
  problemsChanged() {
    for (const place of this.element.querySelectorAll('.cc-problems-place')) place.dispatchEvent(new Event('problems'));
  }

  /** Puts the focus on the first input. */
  focusFirst() {
    const body = this.element.querySelector('.cc-panel-body');
    const inputs = Array.from(body?.querySelectorAll('.cc-form .cc-row, .cc-add-source, .cc-outline-item') ?? [],
      (row) => row.matches('button') ? row : row.querySelector('input, select, textarea, button')).filter(Boolean);
    // What an event does comes before how it is called.
    const place = this.#view === 'event' && inputs.length > 1 ? 1 : 0;
    (inputs[place] ?? this.element.querySelector('button')).focus();
  }

  /** Shows names that came later, without touching what is being typed. */
  namesCame() {
    for (const field of this.element.querySelectorAll('.cc-combobox')) field.dispatchEvent(new Event('names'));
    if (this.#view === 'outline') this.refresh();
  }

  #content() {
    const host = this.#host;
    switch (this.#view) {
      case 'event': {
        const event = find(host.doc, host.focusId);
        if (!event) return this.#frame(t('Details'), 'start', 'list', h('p', {class: 'hint'}, t('Choose an event.')));
        const type = typeOf(event.type);
        return this.#frame(type ? t(type.label) : event.type, event.kind, type?.icon ?? 'question',
          ...eventForm(host, event, this));
      }
      case 'start':
        return this.#frame(t('Contacts come from'), 'start', 'segment', ...sourcesForm(host, this));
      case 'settings':
        return this.#frame(t('Campaign settings'), 'start', 'settings', ...settingsForm(host, this));
      default:
        return this.#frame(t('List of events'), 'start', 'list', ...outline(host));
    }
  }

  #frame(title, look, drawing, ...content) {
    const kind = ['action', 'decision', 'condition'].includes(look) ? kindName(look) : null;
    return [
      h('header', {class: `cc-panel-head ${look}`}, h('span', {class: 'cc-tile'}, icon(drawing)),
        h('div', {class: 'cc-panel-title'}, kind && h('span', {class: 'cc-kind'}, kind), h('h2', {}, title)),
        iconButton('close', t('Close'), () => this.close())),
      h('div', {class: 'cc-panel-body'}, ...content),
    ];
  }
}

function sourcesForm(host, panel) {
  const {doc, readonly} = host;
  const items = doc.sources.map((source) => h('li', {class: 'cc-source'}, icon(source.kind),
    h('span', {class: 'cc-source-name'}, source.name),
    h('span', {class: 'cc-source-kind'}, source.kind === 'segment' ? t('Segment') : t('Form')),
    !readonly && iconButton('close', t('Remove {name}', {name: source.name}), () => {
      host.change({...doc, sources: doc.sources.filter((other) => other !== source)});
      panel.refresh('.cc-add-source');
    }, {class: 'button icon small'})));
  return [
    problemPlace(host, 'start'),
    doc.sources.length > 0
      ? h('ul', {class: 'cc-sources'}, items)
      : h('p', {class: 'hint'}, t('No source yet.')),
    !readonly && h('button', {type: 'button', class: 'button cc-add-source', onclick: () => host.addSource()},
      icon('plus'), t('Add a source')),
    h('p', {class: 'hint'}, t('Contacts of a segment enter by themselves and leave when they leave the segment. A form takes in whoever submits it.')),
  ];
}

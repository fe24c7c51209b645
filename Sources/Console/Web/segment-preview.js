// How many contacts match, and some of them, while filters are edited.
import {api, ApiError} from './api.js';
import {formatNumber, freshID, h} from './segment-dom.js';
import {t} from './texts.js';

const EXAMPLES = 10;
const WAIT = 400;

/** Returns the name of a contact and what tells it from others of the same name. */
export function describeContact(contact) {
  const name = [contact.firstname, contact.lastname].filter(Boolean).join(' ');
  const place = contact.company || contact.city || contact.country || '';
  if (name) return {name, hint: contact.email || place};
  return {name: contact.email || contact.company || t('Visitor {id}', {id: contact.id}), hint: contact.email ? place : ''};
}

/** The panel beside the filters. */
export class Preview {
  #timer = null;
  #asked = null;
  #last = null;
  #count = h('p', {class: 'segment-count num'}, '–');
  #words = h('p', {class: 'hint'}, t('contacts match'));
  #note = h('p', {class: 'segment-note', hidden: true});
  #list = h('ul', {class: 'segment-examples', id: freshID('examples')});
  #button = h('button', {
    type: 'button', class: 'button small plain segment-examples-button', 'aria-expanded': 'false', 'aria-controls': this.#list.id,
    onclick: () => this.#button.setAttribute('aria-expanded', this.#button.getAttribute('aria-expanded') !== 'true'),
  }, t('Examples'));
  #live = h('p', {class: 'sr', role: 'status', 'aria-live': 'polite'});

  /**
   * @param {object} settings
   * @param {string|null} settings.segment The segment that is edited.
   * @param {(details: object, rows: string[], message: string) => void} settings.report Takes the problems of an answer;
   *   no details where there are none.
   */
  constructor({segment, report}) {
    this.segment = segment;
    this.report = report;
    this.element = h('section', {class: 'segment-preview', 'aria-label': t('Who matches')},
      h('div', {class: 'segment-preview-head'}, this.#count, this.#words, this.#button), this.#note, this.#list, this.#live);
  }

  /**
   * Asks soon who matches.
   *
   * @param {{filters: object[], rows: string[]}} written The complete filters, and the rows that they are of.
   * @param {number} unfinished The number of filters that are left out.
   * @param {boolean} atOnce Whether not to wait for further changes.
   */
  ask(written, unfinished, atOnce = false) {
    const key = JSON.stringify(written.filters);
    this.unfinished = unfinished;
    if (key === this.#last) {
      this.#tell(this.#message);
      return;
    }
    this.#last = key;
    this.#asked?.abort();
    clearTimeout(this.#timer);
    if (written.filters.length === 0) {
      this.report({}, [], '');
      this.#show({total: null, contacts: []}, '');
      return;
    }
    this.element.classList.add('waiting');
    this.#timer = setTimeout(() => this.#send(written), atOnce ? 0 : WAIT);
  }

  #message = '';

  async #send({filters, rows}) {
    const asked = new AbortController();
    this.#asked = asked;
    const body = {filters, limit: EXAMPLES};
    if (this.segment) body.id = Number(this.segment);
    try {
      const answer = await api('POST', '/api/segments/preview', body, {signal: asked.signal});
      if (this.#asked !== asked) return;
      this.report({}, rows, '');
      this.#show(answer, '');
    } catch (error) {
      // A later change has asked again.
      if (this.#asked !== asked || asked.signal.aborted) return;
      const details = error instanceof ApiError ? error.details : {};
      const isAboutRows = Object.keys(details).length > 0;
      this.report(details, rows, error.message);
      this.#last = isAboutRows ? this.#last : null;
      this.#show(null, isAboutRows ? t('A filter needs to be mended first.') : this.#reason(error));
    }
  }

  #reason(error) {
    if (error.status === 0) return t('The server cannot be reached. The count follows with the next change.');
    if (error.status === 403) return t('Your role does not let you see contacts.');
    return error.message;
  }

  /** Shows an answer; null leaves the last one, which is no longer right, faded. */
  #show(answer, message) {
    this.element.classList.remove('waiting');
    this.element.classList.toggle('stale', answer === null);
    if (answer) {
      this.#count.textContent = answer.total === null ? '–' : formatNumber(answer.total);
      this.#words.textContent = answer.total === null
        ? this.unfinished > 0 ? t('Nothing to count yet') : t('Without filters only contacts added by hand are members')
        : answer.total === 1 ? t('contact matches') : t('contacts match');
      this.#list.replaceChildren(...answer.contacts.map(example));
      this.#button.hidden = answer.contacts.length === 0;
      if (answer.total > answer.contacts.length && answer.contacts.length > 0) {
        const left = formatNumber(answer.total - answer.contacts.length);
        this.#list.append(h('li', {class: 'hint'}, t('and {count} more', {count: left})));
      }
      const spoken = answer.total === null ? '' : t('{count} contacts match', {count: formatNumber(answer.total)});
      if (this.#live.textContent !== spoken) this.#live.textContent = spoken;
    }
    this.#tell(message);
  }

  #tell(message) {
    this.#message = message;
    const left = this.unfinished;
    const unfinished = left === 0 ? '' : left === 1
      ? t('One unfinished filter is left out.') : t('{count} unfinished filters are left out.', {count: left});
    const text = message || unfinished;
    this.#note.hidden = text === '';
    this.#note.classList.toggle('warn', message !== '');
    if (this.#note.textContent !== text) this.#note.textContent = text;
  }
}

function example(contact) {
  const {name, hint} = describeContact(contact);
  return h('li', {}, h('a', {href: `/console/contacts/${contact.id}`, target: '_blank', rel: 'noopener'},
    h('span', {class: 'segment-example-name'}, name), hint ? h('span', {class: 'segment-example-hint'}, hint) : null));
}

// The e-mail as its readers see it: for a contact, on a desktop or a phone, as plain text, and what is to be looked at again.

import {t} from './texts.js';
import {checksOf} from './email-checks.js';
import {field, freshID, h, icon} from './email-dom.js';
import {findContacts, preview, sendTest} from './email-lookups.js';

/** The members of the form that have a part in what is seen. */
const MEMBERS = ['subject', 'preheaderText', 'plainText', 'fromName', 'fromAddress', 'replyToAddress', 'language'];

/** The content of a form as the API takes it. */
function draftOf(form, html) {
  const draft = {customHtml: html};
  for (const name of MEMBERS) {
    const value = form?.elements.namedItem(name)?.value;
    if (value) draft[name] = value;
  }
  const dynamic = form?.elements.namedItem('dynamicContent')?.value;
  if (dynamic) draft.dynamicContent = JSON.parse(dynamic);
  return draft;
}

/** A field in which a contact is searched for. */
class ContactSearch {
  #input = h('input', {class: 'input', role: 'combobox', autocomplete: 'off', 'aria-expanded': 'false', 'aria-autocomplete': 'list', placeholder: t('Nobody in particular')});
  #list = h('ul', {class: 'email-contact-list', role: 'listbox', hidden: true, 'aria-label': t('Contacts')});
  #found = [];
  #at = -1;
  #timer;
  #abort;

  /** @param {(contact: {id: number, label: string} | null) => void} chosen Is told the choice. */
  constructor(chosen) {
    this.chosen = chosen;
    this.#list.id = freshID('contacts');
    this.#input.setAttribute('aria-controls', this.#list.id);
    this.#input.addEventListener('input', () => this.#search());
    this.#input.addEventListener('keydown', (event) => this.#press(event));
    this.#input.addEventListener('blur', () => setTimeout(() => this.#close(), 150));
    this.element = h('div', {class: 'email-contact'}, field(t('As seen by'), this.#input), this.#list);
  }

  #search() {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    const text = this.#input.value.trim();
    if (text === '') {
      this.#close();
      this.chosen(null);
      return;
    }
    this.#timer = setTimeout(async () => {
      this.#abort = new AbortController();
      const {signal} = this.#abort;
      try {
        this.#found = await findContacts(text, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#found = [];
        this.#list.replaceChildren(h('li', {class: 'hint'}, error.message));
        this.#open();
        return;
      }
      if (!signal.aborted) this.#draw();
    }, 200);
  }

  #draw() {
    this.#at = -1;
    const rows = this.#found.map((contact, index) => h('li', {
      role: 'option', id: `${this.#list.id}-${index}`, 'aria-selected': 'false', onmousedown: (event) => { event.preventDefault(); this.#choose(index); },
    }, contact.label));
    this.#list.replaceChildren(...(rows.length > 0 ? rows : [h('li', {class: 'hint', role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false'}, t('No contact found.'))]));
    this.#open();
  }

  #open() {
    this.#list.hidden = false;
    this.#input.setAttribute('aria-expanded', 'true');
  }

  #close() {
    this.#list.hidden = true;
    this.#input.setAttribute('aria-expanded', 'false');
    this.#input.removeAttribute('aria-activedescendant');
  }

  #choose(index) {
    const contact = this.#found[index];
    if (!contact) return;
    this.#input.value = contact.label;
    this.#close();
    this.chosen(contact);
  }

  #press(event) {
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (step && !this.#list.hidden && this.#found.length > 0) {
      event.preventDefault();
      this.#at = (this.#at + step + this.#found.length) % this.#found.length;
      [...this.#list.children].forEach((row, index) => row.setAttribute('aria-selected', String(index === this.#at)));
      this.#input.setAttribute('aria-activedescendant', `${this.#list.id}-${this.#at}`);
    } else if (event.key === 'Enter') {
      // The form around is not sent from here.
      event.preventDefault();
      if (!this.#list.hidden) this.#choose(Math.max(this.#at, 0));
    } else if (event.key === 'Escape' && !this.#list.hidden) {
      event.stopPropagation();
      this.#close();
    }
  }
}

/** The preview pane. */
export class EmailPreview {
  #options;
  #contact = null;
  #frame;
  #isReady = false;
  #html = '';
  #derived = '';
  #turn = 0;
  #status = h('p', {class: 'hint', role: 'status'});
  #head = h('dl', {class: 'email-head'});
  #plain = h('pre', {class: 'email-plain', tabindex: '0'});
  #checks = h('ul', {class: 'email-checks', 'aria-label': t('To look at again')});
  #stage = h('div', {class: 'email-stage'});

  /** @param {{source: string, email: string | null, form: () => HTMLFormElement | null, html: () => string}} options */
  constructor(options) {
    this.#options = options;
    const search = new ContactSearch((contact) => {
      this.#contact = contact;
      this.#draw();
    });
    this.element = h('div', {class: 'email-builder-pane email-preview'},
      h('div', {class: 'email-preview-bar'}, search.element, this.#widths()), this.#checks, this.#status, this.#head, this.#stage,
      h('details', {class: 'email-plain-box'}, h('summary', {}, t('Plain text')), this.#plain, this.#takeOver()),
      options.email ? this.#test() : null);
    addEventListener('message', (event) => {
      if (!this.#frame || event.source !== this.#frame.contentWindow || event.origin !== location.origin) return;
      if (event.data?.from !== 'email-frame' || event.data.type !== 'ready') return;
      this.#isReady = true;
      this.#post();
    });
  }

  #widths() {
    const widths = [['desktop', t('Desktop')], ['phone', t('Phone')]];
    const buttons = widths.map(([id, label]) => h('button', {
      type: 'button', class: 'button small', 'aria-pressed': String(id === 'desktop'), onclick: () => {
        this.#stage.classList.toggle('is-phone', id === 'phone');
        buttons.forEach((button, index) => button.setAttribute('aria-pressed', String(widths[index][0] === id)));
      },
    }, icon(id), label));
    return h('div', {class: 'email-widths', role: 'group', 'aria-label': t('Width')}, buttons);
  }

  /** Puts the text that the HTML gives, with its tokens, into the form, where it can be changed. */
  #takeOver() {
    const target = () => this.#options.form()?.elements.namedItem('plainText');
    const said = h('span', {class: 'hint', role: 'status'});
    return h('p', {class: 'email-plain-foot'}, h('button', {
      type: 'button', class: 'button small', onclick: () => {
        if (!target()) return;
        target().value = this.#derived;
        target().dispatchEvent(new Event('input', {bubbles: true}));
        target().dispatchEvent(new Event('change', {bubbles: true}));
        said.textContent = t('The plain text now is what the HTML says.');
        this.#draw();
      },
    }, t('Make it from the HTML')), said, h('span', {class: 'hint'}, t('Where it is empty, that happens whenever the e-mail is sent.')));
  }

  /** Sends tests of what is saved. */
  #test() {
    const input = h('input', {class: 'input', type: 'text', inputmode: 'email', autocomplete: 'email', placeholder: 'you@example.com'});
    const said = h('p', {class: 'hint', role: 'status'});
    const go = async () => {
      const to = input.value.split(/[\s,;]+/).filter(Boolean);
      button.disabled = true;
      said.className = 'hint';
      said.textContent = t('Sending…');
      try {
        const {recipients} = await sendTest(this.#options.email, to, this.#contact?.id);
        said.textContent = t('Tests on their way: {count}.', {count: recipients});
      } catch (error) {
        said.className = 'error';
        said.textContent = Object.values(error.details ?? {}).flat()[0] ?? error.message;
      }
      button.disabled = false;
    };
    input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      go();
    });
    const button = h('button', {type: 'button', class: 'button', onclick: go}, t('Send the test'));
    return h('section', {class: 'email-test', 'aria-label': t('Send a test')},
      field(t('Send a test to'), input, t('Up to ten addresses. It is what was saved last; it is not counted, and unsubscribing in it does nothing.')), button, said);
  }

  async show() {
    if (!this.#frame) {
      this.#frame = h('iframe', {
        class: 'email-preview-frame', title: t('Preview of the e-mail'), sandbox: 'allow-scripts allow-same-origin', src: `${this.#options.source}#preview`,
      });
      this.#stage.append(this.#frame);
    }
    await this.#draw();
  }

  /** Gives up what is under way. */
  hide() { this.#turn += 1; }

  async #draw() {
    this.#turn += 1;
    const turn = this.#turn;
    const html = this.#options.html();
    this.#status.className = 'hint';
    this.#status.textContent = html.trim() === '' ? t('There is no HTML yet. Build it, or write it as code.') : '';
    let shown;
    try {
      shown = await preview(draftOf(this.#options.form(), html), this.#contact?.id ?? null);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#status.className = 'error';
      this.#status.textContent = Object.values(error.details ?? {}).flat()[0] ?? error.message;
      shown = {customHtml: html, plainText: ''};
    }
    if (turn !== this.#turn) return;
    this.#html = shown.customHtml ?? '';
    this.#plain.textContent = shown.plainText;
    this.#derived = shown.derivedText ?? '';
    this.element.querySelector('.email-plain-foot').hidden = !this.#derived || !this.#options.form()?.elements.namedItem('plainText');
    const from = shown.fromAddress && `${shown.fromName} <${shown.fromAddress}>`;
    this.#head.replaceChildren(...[[t('From'), from], [t('Subject'), shown.subject]].filter(([, value]) => value)
      .flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
    this.#checks.replaceChildren(...(html.trim() === '' ? [] : checksOf(html, this.#options.form()?.elements.namedItem('plainText')?.value ?? ''))
      .map(({level, text}) => h('li', {class: `alert ${level}`}, text)));
    this.#post();
  }

  #post() {
    if (this.#isReady) this.#frame.contentWindow?.postMessage({to: 'email-frame', type: 'preview', html: this.#html, title: t('The e-mail')}, location.origin);
  }
}

// <email-builder>: an e-mail's HTML, as blocks, as code, and as its readers see it. Without script there is its textarea.
//
//   <email-builder frame-src="/console/emails/frame" email-id="7" fields="/api/fields/contact?limit=200">
//     <textarea name="customHtml">…</textarea>
//   </email-builder>

import {t} from './texts.js';
import {h, tabs} from './email-dom.js';
import {known, uploadPicture} from './email-lookups.js';
import {EmailPreview} from './email-preview.js';

/** The longest that the frame is waited for, in milliseconds. */
const PATIENCE = 2000;

class EmailBuilder extends HTMLElement {
  #textarea;
  #frame;
  #preview;
  #shown = 'builder';
  /** What the frame shows, in its own words; null before it shows anything. */
  #inFrame = null;
  /** What was given to the frame, or what it said last. */
  #synced = null;
  #isReady = false;
  #known = null;
  #waiting = [];
  #abort;

  connectedCallback() {
    this.#textarea ??= this.querySelector('textarea');
    if (!this.#textarea) return;
    if (!this.#frame) this.#make();
    this.#abort = new AbortController();
    const {signal} = this.#abort;
    addEventListener('message', (event) => this.#receive(event), {signal});
    // In the first phase, before whatever else sends the form.
    document.addEventListener('submit', (event) => this.#beforeSubmit(event), {signal, capture: true});
  }

  disconnectedCallback() { this.#abort?.abort(); }

  /** The whole e-mail. */
  get value() { return this.#textarea?.value ?? ''; }

  set value(html) {
    this.#textarea.value = html;
    if (this.#shown === 'builder') this.#load();
  }

  #make() {
    const source = this.getAttribute('frame-src') ?? '/console/emails/frame';
    this.#frame = h('iframe', {
      class: 'email-builder-frame', title: t('E-mail builder'), sandbox: 'allow-scripts allow-same-origin', src: source,
    });
    this.#preview = new EmailPreview({source, email: this.getAttribute('email-id'), form: () => this.closest('form'), html: () => this.value});
    this.#textarea.classList.add('input', 'mono', 'email-builder-code');
    this.#textarea.spellcheck = false;
    const label = this.#textarea.labels?.length ? null : t('HTML of the e-mail');
    if (label) this.#textarea.setAttribute('aria-label', label);
    const code = h('div', {class: 'email-builder-pane'}, this.#textarea);
    const list = h('div', {class: 'tabs', 'aria-label': t('Views of the e-mail')});
    const builder = h('div', {class: 'email-builder-pane'}, this.#frame);
    this.replaceChildren(list, builder, code, this.#preview.element);
    const show = tabs(list, [
      {id: 'builder', label: t('Builder'), panel: builder}, {id: 'html', label: t('HTML'), panel: code},
      {id: 'preview', label: t('Preview'), panel: this.#preview.element},
    ], (id) => this.#change(id));
    show('builder');
    this.classList.add('is-ready');
  }

  async #change(id) {
    const before = this.#shown;
    this.#shown = id;
    if (before === 'builder' && id !== 'builder') await this.#flush();
    if (id === 'builder' && this.#isReady && this.#textarea.value !== this.#synced) this.#load();
    if (id === 'preview') await this.#preview.show();
    else this.#preview.hide();
  }

  #post(message) {
    this.#frame.contentWindow?.postMessage({to: 'email-frame', ...message}, location.origin);
  }

  #load() {
    this.#inFrame = null;
    this.#synced = this.#textarea.value;
    this.#post({type: 'load', html: this.#textarea.value});
  }

  #receive(event) {
    if (event.source !== this.#frame.contentWindow || event.origin !== location.origin || event.data?.from !== 'email-frame') return;
    const message = event.data;
    switch (message.type) {
      case 'ready': return this.#start();
      case 'shown':
        this.#isReady = true;
        this.#inFrame = message.html;
        return undefined;
      case 'change': return this.#take(message.html);
      case 'flushed':
        if (message.html !== null) this.#take(message.html);
        this.#waiting.splice(0).forEach((go) => go());
        return undefined;
      case 'upload': return this.#upload(message);
      default: return undefined;
    }
  }

  #start() {
    this.#isReady = false;
    this.#synced = this.#textarea.value;
    const texts = document.getElementById('texts')?.textContent;
    this.#post({
      type: 'start', html: this.#textarea.value, texts: texts ? JSON.parse(texts) : {}, language: document.documentElement.lang,
    });
    this.#known ??= known({
      fields: this.getAttribute('fields') ?? '/api/fields/contact?limit=200', email: this.getAttribute('email-id'),
      dynamic: this.hasAttribute('dynamic') ? JSON.parse(this.getAttribute('dynamic')) : undefined,
    });
    Promise.resolve(this.#known).then((found) => this.#post({type: 'known', known: found}));
  }

  /** Takes what the frame says into the textarea; what was only read and written again is no change. */
  #take(html) {
    if (html === this.#inFrame || html === this.#textarea.value) return;
    this.#inFrame = html;
    this.#synced = html;
    this.#textarea.value = html;
    this.#textarea.dispatchEvent(new Event('input', {bubbles: true}));
    this.#textarea.dispatchEvent(new Event('change', {bubbles: true}));
  }

  /** Waits until what is being written has come over from the frame. */
  #flush() {
    if (!this.#isReady) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      setTimeout(resolve, PATIENCE);
      this.#post({type: 'flush'});
    });
  }

  #isFlushed = false;

  #beforeSubmit(event) {
    if (event.target !== this.#textarea.form || this.#shown !== 'builder' || !this.#isReady || this.#isFlushed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#flush().then(() => {
      this.#isFlushed = true;
      this.#textarea.form.requestSubmit(event.submitter);
      this.#isFlushed = false;
    });
  }

  async #upload({id, file}) {
    try {
      const url = await uploadPicture(file);
      this.#post({type: 'uploaded', id, url, name: file.name});
    } catch (error) {
      this.#post({type: 'uploaded', id, error: error.message});
    }
  }
}

customElements.define('email-builder', EmailBuilder);

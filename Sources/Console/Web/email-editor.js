// GrapesJS, set up for e-mails: it is the canvas alone, and what stands around it is our own.

/* global grapesjs */

import {t} from './texts.js';
import {blockMarkup, section, starterBody} from './email-blocks.js';
import {clean, formatStyle, headStyles, hoistStyles, joinDocument, layOut, splitDocument, styleOfTag, withStyle} from './email-document.js';
import {icon} from './email-dom.js';
import {addTypes} from './email-types.js';

/** Elements of the canvas that only it has. */
const CANVAS_STYLE = `
  body { margin: 0; }
  .gjs-dashed *[data-gjs-highlightable] { outline-color: rgb(120 120 140 / 35%); }
  .gjs-selected { outline: 2px solid #2d55c4 !important; outline-offset: -2px; }
  .ml-col, .ml-cell { min-height: 40px; }
  a { cursor: default; }
`;

/** Whether a component has a class. */
export function hasClass(component, name) {
  return component.getClasses().includes(name);
}

/** The name of a component's element. */
export function tagOf(component) {
  return (component.get('tagName') ?? '').toLowerCase();
}

/** The component and those around it, the innermost first, without the body. */
export function withParents(component) {
  const line = [];
  for (let next = component; next && next.parent(); next = next.parent()) line.push(next);
  return line;
}

/** The first component within another one that a test finds. */
function findWithin(component, test) {
  if (test(component)) return component;
  for (const child of component.components().models) {
    const found = findWithin(child, test);
    if (found) return found;
  }
  return null;
}

const CONTENT = new Set(['h1', 'h2', 'h3', 'h4', 'img', 'a']);

/** What of a new block its author wants to change first. */
export function contentOf(component) {
  return findWithin(component, (part) => CONTENT.has(tagOf(part)) || hasClass(part, 'ml-text')) ?? component;
}

/** An e-mail in the editor. */
export class EmailEditor {
  #parts = splitDocument('');
  #isLoading = true;

  /**
   * @param {HTMLElement} container Gets the canvas.
   * @param {(html: string) => void} changed Is told the whole e-mail after each change.
   */
  constructor(container, changed) {
    this.grapes = grapesjs.init({
      container,
      height: '100%',
      width: 'auto',
      fromElement: false,
      storageManager: false,
      telemetry: false,
      cssIcons: '',
      avoidInlineStyle: false,
      forceClass: false,
      protectedCss: '',
      noticeOnUnload: false,
      showToolbar: true,
      keepUnusedStyles: true,
      plugins: [addTypes],
      panels: {defaults: []},
      blockManager: {custom: true},
      styleManager: {custom: true},
      layerManager: {custom: true},
      traitManager: {custom: true},
      selectorManager: {custom: true},
      assetManager: {custom: true},
      modal: {custom: true},
      richTextEditor: {
        actions: [
          ['bold', t('Bold')], ['italic', t('Italic')], ['underline', t('Underlined')], ['strikethrough', t('Struck through')], ['link', t('Link')],
        ].map(([name, title]) => ({name, attributes: {title}})),
      },
      deviceManager: {default: 'desktop', devices: [{id: 'desktop', name: 'desktop', width: ''}, {id: 'phone', name: 'phone', width: '375px'}]},
      parser: {optionsHtml: {allowScripts: false, allowUnsafeAttr: false, allowUnsafeAttrValue: false}},
      canvasCss: CANVAS_STYLE,
    });
    let timer;
    this.grapes.on('update', () => {
      if (this.#isLoading) return;
      clearTimeout(timer);
      timer = setTimeout(() => changed(this.html), 120);
    });
    this.grapes.on('canvas:frame:load:body', () => this.#showHead());
    this.grapes.on('block:drag:stop', (dropped) => {
      const component = [dropped].flat()[0];
      if (component?.parent?.()) this.select(contentOf(component));
    });
    this.#addCommands();
  }

  /** What the keys and the little bar at a part do: they take its block as a whole. */
  #addCommands() {
    const {Commands} = this.grapes;
    const act = (run) => () => { if (this.selected) run(this.selected); };
    // A double click at a picture would open a dialog of the editor's own.
    Commands.add('open-assets', () => this.grapes.trigger('email:picture'));
    Commands.add('core:component-delete', act((part) => this.remove(part)));
    Commands.add('email:copy', act((part) => this.duplicate(part)));
    Commands.add('email:outer', act((part) => { if (withParents(part)[1]) this.select(withParents(part)[1]); }));
    Commands.add('email:move', (grapes, sender, options) => {
      if (!this.selected) return;
      this.select(this.unitOf(this.selected));
      grapes.runCommand('tlb-move', options);
    });
    // The panel has the same as buttons, which keys reach.
    const item = (name, title, command, more = {}) => ({label: icon(name).outerHTML, command, attributes: {title}, ...more});
    const toolbar = [
      item('up', t('Select what is around it'), 'email:outer'),
      item('move', t('Move'), 'email:move', {attributes: {title: t('Move'), class: 'gjs-no-touch-actions', draggable: true}, events: {dragstart: 'execCommand'}}),
      item('copy', t('Duplicate'), 'email:copy'), item('trash', t('Delete'), 'core:component-delete'),
    ];
    // The parts of the first e-mail are made after this.
    this.grapes.on('component:create', (component) => component.set({toolbar}, {silent: true}));
  }

  /** Shows an e-mail; an empty one becomes the draft that new ones begin with. */
  load(html) {
    this.#isLoading = true;
    const parts = hoistStyles(splitDocument(html));
    if (html.trim() === '') parts.body = starterBody();
    this.#parts = parts;
    const page = new DOMParser().parseFromString(parts.body, 'text/html');
    const wrapper = this.grapes.getWrapper();
    this.grapes.setComponents(clean(page.body).innerHTML);
    wrapper.setStyle(styleOfTag(parts.tag || joinDocument(parts, '').match(/<body[^>]*>/i)[0]));
    wrapper.set({draggable: false, copyable: false, removable: false, badgable: false, hoverable: false});
    this.grapes.UndoManager.clear();
    this.#showHead();
    // Changes are told a moment after they are made.
    setTimeout(() => { this.#isLoading = false; }, 50);
  }

  /** The whole e-mail. */
  get html() {
    const wrapper = this.grapes.getWrapper();
    const {tag} = splitDocument(joinDocument(this.#parts, ''));
    const known = styleOfTag(tag);
    const style = wrapper.getStyle();
    const gone = Object.fromEntries(Object.keys(known).map((name) => [name, '']));
    const parts = formatStyle(known) === formatStyle(style) ? this.#parts : {...this.#parts, tag: withStyle(tag, {...gone, ...style})};
    return joinDocument(parts, layOut(wrapper.getInnerHTML()));
  }

  #showHead() {
    const page = this.grapes.Canvas.getDocument();
    if (!page?.head) return;
    let style = page.getElementById('ml-head');
    if (!style) {
      style = page.createElement('style');
      style.id = 'ml-head';
      page.head.append(style);
    }
    style.textContent = headStyles(joinDocument(this.#parts, '')) + CANVAS_STYLE;
    page.title = t('E-mail');
    page.documentElement.lang ||= document.documentElement.lang || 'en';
  }

  /** The body, whose style is the e-mail's. */
  get wrapper() { return this.grapes.getWrapper(); }

  /** What is selected; null where nothing is. */
  get selected() {
    const component = this.grapes.getSelected();
    return component && component !== this.wrapper ? component : null;
  }

  select(component) {
    this.grapes.select(component ?? undefined);
    component?.getEl()?.scrollIntoView({block: 'nearest'});
  }

  /** Puts a block behind what is selected, or at the end, and selects what is to be written in it. */
  insert(id, options = {}) {
    const {host, at} = this.#place(id);
    const isBare = id !== 'section' && host === this.wrapper;
    const markup = blockMarkup(id, options);
    const [added] = host.append(isBare ? section(markup) : markup, at === undefined ? {} : {at});
    this.select(contentOf(added));
    return added;
  }

  #place(id) {
    const line = this.selected ? withParents(this.selected) : [];
    if (id === 'section') return {host: this.wrapper, at: line.length ? line.at(-1).index() + 1 : undefined};
    for (const [index, component] of line.entries()) {
      const isHost = hasClass(component, 'ml-cell') || hasClass(component, 'ml-col')
        || (['td', 'th'].includes(tagOf(component)) && !line.slice(index).some((outer) => hasClass(outer, 'ml-block')));
      if (isHost) return {host: component, at: index > 0 ? line[index - 1].index() + 1 : undefined};
    }
    const sections = (line.length ? [line.at(-1)] : this.wrapper.components().models.filter((part) => hasClass(part, 'ml-section')));
    // The last section is the footer as a rule; what is new stands above it.
    const last = sections.at(-1)?.getEl()?.querySelector('.ml-footer') && sections.length > 1 ? sections.at(-2) : sections.at(-1);
    const cell = last && findWithin(last, (part) => hasClass(part, 'ml-cell') || hasClass(part, 'ml-col'));
    return {host: cell ?? this.wrapper, at: undefined};
  }

  /** What moves, is copied and goes as one: the block, columns or section around a component. */
  unitOf(component) {
    return withParents(component).find((part) => ['ml-social-link', 'ml-block', 'ml-columns', 'ml-section'].some((name) => hasClass(part, name))) ?? component;
  }

  /** Moves a unit among its neighbours; a block that is first or last goes to the next place that takes it. */
  move(component, step) {
    const unit = this.unitOf(component);
    const parent = unit.parent();
    const at = unit.index() + step;
    if (at < 0 || at >= parent.components().length) return false;
    unit.move(parent, {at: step > 0 ? at + 1 : at});
    this.select(component);
    return true;
  }

  duplicate(component) {
    const unit = this.unitOf(component);
    const [copy] = unit.parent().append(unit.clone(), {at: unit.index() + 1});
    this.select(contentOf(copy));
  }

  /** Takes a unit out; of a link within a text its words stay. */
  remove(component) {
    const text = tagOf(component) === 'a' && withParents(component).slice(1).find((part) => part.get('type').endsWith('text'));
    if (text) {
      component.replaceWith(component.getInnerHTML());
      this.select(text);
      return;
    }
    const unit = this.unitOf(component);
    const siblings = unit.parent().components();
    const next = siblings.at(unit.index() + 1) ?? siblings.at(unit.index() - 1);
    unit.remove();
    this.select(next ? contentOf(next) : null);
  }

  /** Begins to write in a text. */
  edit(component) {
    component.trigger('active');
    component.getEl()?.focus();
  }

  /** Whether a text is being written. */
  get isEditing() { return Boolean(this.grapes.getEditing()); }

  /** Ends the writing of a text and takes it into the e-mail. */
  async finishEditing() {
    await this.grapes.getEditing()?.getView()?.disableEditing?.();
  }

  /** Puts a token where the caret is, or at the end of a text. */
  insertToken(component, token) {
    const page = this.grapes.Canvas.getDocument();
    const element = component.getEl();
    const range = page.getSelection().rangeCount > 0 ? page.getSelection().getRangeAt(0) : null;
    if (this.isEditing && range && element.contains(range.startContainer)) {
      range.deleteContents();
      const node = page.createTextNode(token);
      range.insertNode(node);
      range.setStartAfter(node);
      range.collapse(true);
      component.getView().onInput?.();
    } else {
      component.append({type: 'textnode', content: ` ${token}`});
    }
  }
}

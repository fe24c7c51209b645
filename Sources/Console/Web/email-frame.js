// The page within the frame, in which GrapesJS runs. It speaks with the page around it by messages alone, and calls no API.

import {t} from './texts.js';
import {withoutNavigation} from './email-document.js';
import {freshID, h, icon, tabs} from './email-dom.js';
import {EmailEditor} from './email-editor.js';
import {Inspector} from './email-inspector.js';
import {Outline} from './email-outline.js';
import {palette} from './email-palette.js';

const known = {fields: [], pages: [], assets: [], images: [], dynamic: []};
const uploads = new Map();
let editor;
let isStarted = false;

function send(message) {
  parent.postMessage({from: 'email-frame', ...message}, location.origin);
}

/** Sends a picture to the page around, which uploads it. */
function upload(file) {
  const id = freshID('upload');
  return new Promise((resolve) => {
    uploads.set(id, resolve);
    send({type: 'upload', id, file});
  });
}

/** The bar above the canvas. */
function toolbar() {
  const {grapes} = editor;
  const act = (name, label, run) => h('button', {type: 'button', class: 'button icon small', title: label, 'aria-label': label, onclick: run}, icon(name));
  const undo = act('undo', t('Undo'), () => grapes.UndoManager.undo());
  const redo = act('redo', t('Redo'), () => grapes.UndoManager.redo());
  const mark = () => {
    undo.disabled = !grapes.UndoManager.hasUndo();
    redo.disabled = !grapes.UndoManager.hasRedo();
  };
  grapes.on('update undo redo', mark);
  mark();
  const widths = [['desktop', t('Desktop')], ['phone', t('Phone')]].map(([id, label]) => {
    const button = act(id, label, () => {
      grapes.setDevice(id);
      widths.forEach((other) => other.setAttribute('aria-pressed', String(other === button)));
    });
    button.setAttribute('aria-pressed', String(id === 'desktop'));
    return button;
  });
  return h('div', {class: 'frame-bar', role: 'toolbar', 'aria-label': t('Editing')},
    h('span', {class: 'choice-row'}, undo, redo), h('span', {class: 'choice-row', role: 'group', 'aria-label': t('Width')}, widths));
}

/** The panel beside the canvas. */
function side(status) {
  const inspector = new Inspector(editor, () => ({...known, upload}));
  const outline = new Outline(editor);
  const blocks = palette(editor, () => ({dynamic: known.dynamic[0]}), () => {
    status.textContent = t('The block was added.');
    show('properties');
  });
  const list = h('div', {class: 'tabs', 'aria-label': t('Panels')});
  const panels = [['blocks', t('Blocks'), blocks], ['properties', t('Properties'), inspector.element], ['outline', t('Outline'), outline.element]]
    .map(([id, label, element]) => ({id, label, panel: h('div', {class: 'frame-panel'}, element)}));
  const show = tabs(list, panels);
  show('blocks');
  editor.grapes.on('component:selected', () => { if (editor.selected && panels[2].panel.hidden) show('properties'); });
  editor.grapes.on('email:picture', () => show('properties'));
  outline.element.addEventListener('outline-edit', () => {
    show('properties');
    inspector.element.querySelector('.acts button')?.focus();
  });
  inspector.draw();
  outline.draw();
  return {element: h('div', {class: 'frame-side'}, list, ...panels.map(({panel}) => panel)), inspector};
}

/** Shows an e-mail without any right: no script, no window, no form. The styles that it brings are allowed on this page. */
function showPreview({html, title}) {
  const shown = h('iframe', {sandbox: '', title, class: 'frame-preview'});
  shown.srcdoc = withoutNavigation(html);
  document.body.replaceChildren(shown);
}

/** Loads GrapesJS, whose address the page tells. */
function loadGrapes() {
  return new Promise((resolve, reject) => {
    document.head.append(h('script', {src: document.body.dataset.grapes, onload: resolve, onerror: () => reject(new Error('GrapesJS is missing'))}));
  });
}

/** Makes the editor; the texts come with the first message, before any is shown. */
async function start(message) {
  if (isStarted) return;
  isStarted = true;
  document.documentElement.lang = message.language || 'en';
  document.body.append(h('script', {type: 'application/json', id: 'texts'}, JSON.stringify(message.texts ?? {})));
  const canvas = h('div', {class: 'frame-canvas'});
  const status = h('p', {class: 'sr-only', role: 'status'});
  try {
    await loadGrapes();
  } catch {
    document.body.append(h('p', {class: 'alert bad'}, t('The builder could not be loaded. The e-mail can be edited as HTML.')));
    return;
  }
  document.body.append(h('h1', {class: 'sr-only'}, t('E-mail builder')), h('main', {class: 'frame'}, canvas, status));
  editor = new EmailEditor(canvas, (html) => send({type: 'change', html}));
  Object.assign(known, message.known);
  editor.grapes.onReady(() => {
    editor.load(message.html);
    const {element, inspector} = side(status);
    canvas.before(toolbar());
    canvas.after(element);
    editor.inspector = inspector;
    const frame = editor.grapes.Canvas.getFrameEl();
    frame.title = t('The e-mail');
    editor.grapes.refresh();
    send({type: 'shown', html: editor.html});
    // For tests and for the console of a browser.
    globalThis.emailEditor = editor;
  });
}

/** Ends the writing of a text, so that it is in what is told. */
async function flush() {
  if (editor) await editor.finishEditing();
  send({type: 'flushed', html: editor?.html ?? null});
}

addEventListener('message', (event) => {
  if (event.source !== parent || event.origin !== location.origin || event.data?.to !== 'email-frame') return;
  const message = event.data;
  if (message.type === 'preview') showPreview(message);
  if (message.type === 'start') start(message);
  if (message.type === 'load' && editor) {
    editor.load(message.html);
    send({type: 'shown', html: editor.html});
  }
  if (message.type === 'flush') flush();
  if (message.type === 'known') {
    Object.assign(known, message.known);
    editor?.inspector?.draw();
  }
  if (message.type === 'uploaded') {
    if (message.url) known.images = [{url: message.url, name: message.name}, ...known.images];
    uploads.get(message.id)?.(message);
    uploads.delete(message.id);
  }
});
// What is being written is told when the page around gets the focus.
addEventListener('blur', () => { if (editor?.isEditing) flush(); });
send({type: 'ready'});

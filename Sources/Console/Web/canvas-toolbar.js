// The bar above the picture, and the buttons that zoom.

import {showKeys} from './canvas-dialogs.js';
import {h, icon, iconButton} from './canvas-dom.js';
import {canRedo, canUndo} from './canvas-history.js';
import {t} from './texts.js';

export class Toolbar {
  #host;

  /** @param {HTMLElement} host The canvas. */
  constructor(host) {
    this.#host = host;
    this.name = h('input', {class: 'input cc-title', type: 'text', maxlength: 191, 'aria-label': t('Name of the campaign'),
      placeholder: t('Name of the campaign'),
      oninput: ({target}) => host.change({...host.doc, name: target.value}, {key: 'campaign name'})});
    this.state = h('span', {class: 'badge'});
    this.problems = h('button', {type: 'button', class: 'button small cc-problem-count', hidden: true,
      onclick: () => host.nextProblem()});
    this.status = h('span', {class: 'cc-status', role: 'status'});
    this.undo = iconButton('undo', t('Undo'), () => host.undo());
    this.redo = iconButton('redo', t('Redo'), () => host.redo());
    this.copy = iconButton('copy', t('Copy'), () => host.copy());
    this.paste = iconButton('paste', t('Paste'), () => host.paste());
    this.remove = iconButton('trash', t('Delete'), () => host.remove());
    this.select = iconButton('select', t('Select several'), () => host.setSelecting(!host.isSelecting), {'aria-pressed': 'false'});
    this.list = iconButton('list', t('List of events'), () => host.togglePanel('outline'));
    this.settings = iconButton('settings', t('Campaign settings'), () => host.togglePanel('settings'));
    this.save = h('button', {type: 'button', class: 'button primary', onclick: () => host.save()}, t('Save'));
    this.element = h('header', {class: 'cc-bar'}, h('div', {class: 'cc-bar-name'}, this.name, this.state),
      h('div', {class: 'cc-tools', role: 'toolbar', 'aria-label': t('Editing')},
        h('div', {class: 'cc-tool-group cc-edit'}, this.undo, this.redo),
        h('div', {class: 'cc-tool-group cc-edit'}, this.select, this.copy, this.paste, this.remove),
        h('div', {class: 'cc-tool-group'}, iconButton('tidy', t('Tidy up'), () => host.tidy(), {class: 'button icon cc-edit'}),
          iconButton('download', t('Save the picture'), () => host.exportPicture()), this.list, this.settings,
          iconButton('keyboard', t('Keyboard'), () => showKeys(host), {class: 'button icon cc-keyboard'}))),
      h('div', {class: 'cc-bar-save'}, this.problems, this.status, this.save));
    this.scale = h('button', {type: 'button', class: 'button small cc-scale', title: t('Original size'),
      onclick: () => host.zoomTo(1)});
    this.zoom = h('div', {class: 'cc-zoom', role: 'group', 'aria-label': t('Zoom')},
      iconButton('minus', t('Zoom out'), () => host.zoom(0.8)), this.scale,
      iconButton('plus', t('Zoom in'), () => host.zoom(1.25)),
      iconButton('fit', t('Show all'), () => host.fit()));
    this.banner = h('div', {class: 'cc-banner', role: 'status', hidden: true});
  }

  /** Shows what can be done now. */
  update() {
    const host = this.#host;
    const {doc, history} = host;
    const hasSelection = host.selectedEvents().length > 0;
    if (this.name.value !== doc.name) this.name.value = doc.name;
    this.name.readOnly = host.readonly;
    this.state.textContent = doc.isPublished ? t('Published') : t('Draft');
    this.state.className = `badge ${doc.isPublished ? 'ok' : ''}`;
    // A button that is disabled while it has the focus would take the keyboard away with it.
    const off = (button, isOff) => button.setAttribute('aria-disabled', String(isOff));
    off(this.undo, !canUndo(history));
    off(this.redo, !canRedo(history));
    off(this.copy, !hasSelection);
    off(this.remove, !hasSelection);
    this.select.setAttribute('aria-pressed', String(host.isSelecting));
    for (const [button, view] of [[this.list, 'outline'], [this.settings, 'settings']]) {
      button.setAttribute('aria-expanded', String(host.panelView === view));
    }
    this.save.hidden = host.readonly;
    off(this.save, host.isSaving || !host.isDirty);
    for (const element of this.element.querySelectorAll('.cc-edit')) element.hidden = host.readonly;
    this.#showProblems(host.problems.length);
    let status = host.isDirty ? t('Unsaved changes') : '';
    if (host.isSaving) status = t('Saving…');
    else if (!host.isDirty && host.hasSaved) status = t('Saved');
    if (this.status.textContent !== status) this.status.textContent = status;
  }

  /** Shows the scale. */
  showScale(scale) {
    const text = `${Math.round(scale * 100)} %`;
    this.scale.textContent = text;
    this.scale.setAttribute('aria-label', t('{percent}, back to the original size', {percent: text}));
  }

  /** Says what is to be done next; null hides it. */
  showBanner(text, onCancel) {
    this.banner.hidden = text === null;
    this.banner.replaceChildren(...(text === null ? [] : [
      h('span', {}, text), h('button', {type: 'button', class: 'button small', onclick: onCancel}, t('Cancel'))]));
  }

  #showProblems(count) {
    this.problems.hidden = count === 0 || this.#host.readonly;
    this.problems.replaceChildren(icon('warning', 16),
      h('span', {}, count === 1 ? t('1 problem') : t('{count} problems', {count})));
  }
}

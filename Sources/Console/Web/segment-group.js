// A group of filters: its heading, what can be done with it, and the place of its rows.
import {freshID, h, icon, iconButton} from './segment-dom.js';
import {t} from './texts.js';

/** What a group shows around its rows. */
export class GroupView {
  #title = h('h3', {class: 'segment-group-title', id: freshID('group')});
  #divider = h('div', {class: 'segment-or'}, h('span', {}, t('or')));
  #card;
  #place = 0;

  /**
   * @param {object} builder What it belongs to, with the method `act`.
   * @param {string} id The group.
   */
  constructor(builder, id) {
    this.list = h('ul', {class: 'segment-rows', 'aria-labelledby': this.#title.id});
    this.#card = h('section', {class: 'segment-group', 'data-group': id, 'aria-labelledby': this.#title.id},
      h('header', {class: 'segment-group-head'}, this.#title, h('div', {class: 'segment-actions'},
        iconButton('copy', t('Duplicate this group'), {onclick: () => builder.act('duplicateGroup', id)}),
        iconButton('trash', t('Remove this group'), {onclick: () => builder.act('removeGroup', id)}))),
      this.list,
      h('button', {type: 'button', class: 'button small plain segment-add', onclick: () => builder.act('add', id)},
        icon('plus'), t('Add a filter')));
  }

  /** The index among the groups. */
  set place(place) {
    this.#place = place;
    this.#title.textContent = place === 0 ? t('All of these') : t('Or all of these');
  }

  /** The elements, in order. */
  get elements() {
    return this.#place === 0 ? [this.#card] : [this.#divider, this.#card];
  }
}

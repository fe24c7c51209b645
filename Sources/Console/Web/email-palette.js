// The blocks to choose from: a click or Enter puts one behind what is selected, and each can be dragged.

import {t} from './texts.js';
import {BLOCKS, blockLabel, blockMarkup, groupOf} from './email-blocks.js';
import {h, icon} from './email-dom.js';

/**
 * Makes the palette.
 *
 * @param {import('./email-editor.js').EmailEditor} editor The editor.
 * @param {() => {dynamic?: string}} options What a block is made with.
 * @param {(id: string) => void} added Is told which block was put in.
 */
export function palette(editor, options, added) {
  const blocks = editor.grapes.Blocks;
  const groups = {layout: t('Layout'), content: t('Content'), martlet: t('For each contact')};
  const panel = h('div', {class: 'palette'});
  for (const [group, label] of Object.entries(groups)) {
    const list = h('ul', {class: 'palette-list'});
    for (const id of BLOCKS.filter((block) => groupOf(block) === group)) {
      const name = blockLabel(id);
      blocks.add(id, {label: name, content: () => blockMarkup(id, options())});
      const button = h('button', {
        type: 'button', class: 'palette-block', draggable: 'true', 'data-block': id,
        onclick: () => {
          editor.insert(id, options());
          added(id);
        },
        ondragstart: (event) => blocks.startDrag(blocks.get(id), event),
        ondragend: () => blocks.endDrag(false),
      }, icon(id), h('span', {}, name));
      list.append(h('li', {}, button));
    }
    panel.append(h('section', {'aria-label': label}, h('h2', {class: 'panel-title'}, label), list));
  }
  panel.append(h('p', {class: 'hint'}, t('Choose a block to put it behind what is selected, or drag it to its place.')));
  return panel;
}

// All events as a nested list, for small screens and for readers who do not see the picture.

import {h, icon} from './canvas-dom.js';
import {childrenOf} from './canvas-graph.js';
import {countText, delay, summary} from './canvas-text.js';
import {typeOf} from './canvas-types.js';
import {nameOf} from './canvas-wire.js';
import {t} from './texts.js';

/** Makes the list. */
export function outline(host) {
  const {doc} = host;
  const sources = doc.sources.map(({name}) => name).join(', ');
  return [
    h('ul', {class: 'cc-outline'}, h('li', {}, entry(host, 'start', 'start', 'segment', t('Contacts come from'),
      sources || t('No source yet.'))), branch(host, null)),
  ];
}

function branch(host, parent) {
  return childrenOf(host.doc, parent).flatMap((event) => {
    const below = branch(host, event.id);
    // A chain of events stays on its level; only paths are indented.
    const isChain = event.kind === 'action' && childrenOf(host.doc, event.id).length === 1;
    const about = [delay(event), summary(host.doc, event, host.records.name)].filter(Boolean).join(' · ');
    const line = entry(host, event.id, event.kind, typeOf(event.type)?.icon ?? 'question', nameOf(event), about, event.path);
    if (isChain) return [h('li', {}, line), ...below];
    return [h('li', {}, line, below.length > 0 && h('ul', {}, below))];
  });
}

function entry(host, id, look, drawing, label, about, path = null) {
  const problems = host.problemsOf(id);
  const counts = host.countsOf(id);
  const paths = {yes: t('Yes'), no: t('No')};
  return h('button', {type: 'button', class: `cc-outline-item ${look}`,
    'aria-current': host.focusId === id ? 'true' : undefined, onclick: () => host.reveal(id)},
  h('span', {class: 'cc-tile'}, icon(drawing, 16)),
  h('span', {class: 'cc-outline-text'},
    h('span', {class: 'cc-outline-name'}, path && h('span', {class: `cc-badge ${path}`}, paths[path]), label),
    about && h('span', {class: 'cc-outline-about'}, about),
    counts && h('span', {class: 'cc-outline-about'}, countText(counts)),
    problems.length > 0 && h('span', {class: 'cc-outline-problem'}, problems.map(({text}) => text).join(' '))));
}

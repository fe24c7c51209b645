// One card. Its key tells whether it has to be drawn again.

import {drawing, fit, s, widthOf} from './canvas-dom.js';
import {card, sizeOf, startHeight} from './canvas-layout.js';
import {delay, spoken, summary} from './canvas-text.js';
import {typeOf} from './canvas-types.js';
import {nameOf} from './canvas-wire.js';
import {t} from './texts.js';

const {width} = card;
const inner = width - 56 - 14;

/** Draws the card of an event. */
export function drawCard(host, event) {
  const type = typeOf(event.type);
  const problems = host.problemsOf(event.id);
  const counts = host.countsOf(event.id);
  const parts = {
    kind: event.kind, icon: type?.icon ?? 'question', type: type ? t(type.label) : event.type, name: nameOf(event),
    about: summary(host.doc, event, host.records.name), time: delay(event), level: problems[0]?.level ?? null,
    counts: host.hasFooter ? counts ?? {} : null, isEnd: Boolean(type?.isEnd), danger: Boolean(type?.danger),
    url: host.waitersURL(event.id), font: host.font,
  };
  return {
    key: JSON.stringify(parts),
    label: spoken(host.doc, event, {name: host.records.name, problems, counts}),
    draw: () => draw(event.id, parts, sizeOf(host.doc, event.id, host.hasFooter)),
  };
}

function draw(id, parts, size) {
  const small = `500 11.5px ${parts.font}`;
  const bold = `600 14px ${parts.font}`;
  const plain = `400 12px ${parts.font}`;
  // The type is told once, where the name does not say it already.
  const isNamed = parts.name !== parts.type;
  const top = parts.about ? 26 : 32;
  return s('g', {class: `cc-card ${parts.kind} ${parts.danger ? 'danger' : ''}`, role: 'treeitem', 'data-card': id},
    s('rect', {class: 'cc-ring', x: -4, y: -4, width: size.width + 8, height: size.height + 8, rx: 14}),
    s('rect', {class: 'cc-frame', width: size.width, height: size.height, rx: 10}),
    tile(parts.icon, parts.about ? 15 : 18),
    s('text', {class: 'cc-type', x: 56, y: top}, fit(kindLine(parts, isNamed), inner, small)),
    s('text', {class: 'cc-name', x: 56, y: top + 19}, fit(parts.name, inner, bold)),
    parts.about && s('text', {class: 'cc-text', x: 56, y: top + 37}, fit(parts.about, inner, plain)),
    parts.counts && countsLine(parts, size),
    parts.time && timePill(parts),
    ports(parts, size),
    parts.level && problemMark(parts.level, size));
}

function kindLine({kind, type}, isNamed) {
  const kinds = {action: t('Action'), decision: t('Decision'), condition: t('Condition')};
  return isNamed ? type : kinds[kind] ?? kind;
}

function tile(name, y) {
  return s('g', {class: 'cc-tile-mark', transform: `translate(14 ${y})`},
    s('rect', {class: 'cc-tile-ground', width: 32, height: 32, rx: 8}),
    s('path', {class: 'cc-tile-icon', d: drawing(name), transform: 'translate(6.4 6.4) scale(0.8)'}));
}

function timePill({time, font}) {
  const style = `500 11.5px ${font}`;
  const text = fit(time, width - 60, style);
  const length = widthOf(text, style) + 34;
  return s('g', {class: 'cc-time', transform: `translate(${(width - length) / 2} -12)`},
    s('rect', {class: 'cc-pill', width: length, height: 23, rx: 11.5}),
    s('path', {class: 'cc-pill-icon', d: drawing('clock'), transform: 'translate(7 4.5) scale(0.58)'}),
    s('text', {class: 'cc-pill-text', x: 25, y: 15.5}, text));
}

function ports({kind, isEnd}, {height}) {
  if (isEnd) return null;
  if (kind === 'action') return s('circle', {class: 'cc-port', cx: width / 2, cy: height, r: 4});
  return [['yes', t('Yes'), 0.25], ['no', t('No'), 0.75]].map(([path, label, share]) =>
    s('g', {class: `cc-branch ${path}`, transform: `translate(${width * share - 24} ${height - 10})`},
      s('rect', {class: 'cc-branch-ground', width: 48, height: 20, rx: 10}),
      s('text', {class: 'cc-branch-text', x: 24, y: 14, 'text-anchor': 'middle'}, label)));
}

function countsLine({counts, url}, {height}) {
  const top = height - card.footer;
  const number = (value) => Number(value ?? 0).toLocaleString(undefined, {notation: value > 99_999 ? 'compact' : 'standard'});
  const item = (look, name, value, x) => s('g', {class: `cc-number ${look} ${value ? '' : 'is-none'}`, transform: `translate(${x} ${top + 17})`},
    s('path', {class: 'cc-number-icon', d: drawing(name), transform: 'translate(0 -10.5) scale(0.54)'}),
    s('text', {class: 'cc-number-text', x: 17, y: 0}, number(value)));
  const waiting = item('waiting', 'clock', counts.waiting, 16);
  return s('g', {class: 'cc-foot'},
    s('line', {class: 'cc-rule', x1: 1, y1: top, x2: width - 1, y2: top}),
    url ? s('a', {href: url, tabindex: '-1', 'aria-label': t('Who waits here')}, waiting) : waiting,
    item('done', 'check', counts.done, 98), item('failed', 'close', counts.failed, 180));
}

function problemMark(level, size) {
  return s('g', {class: `cc-mark ${level === 'refused' ? 'bad' : 'warn'}`, transform: `translate(${size.width - 4} 4)`},
    s('circle', {r: 10}), s('text', {'text-anchor': 'middle', y: 4.5}, '!'));
}

/** Draws the card of sources. */
export function drawStart(host) {
  const {doc, readonly, font} = host;
  const problems = host.problemsOf('start');
  const parts = {sources: doc.sources, readonly, level: problems[0]?.level ?? null, font};
  const names = doc.sources.map(({name}) => name).join(', ') || t('No source yet.');
  return {
    key: JSON.stringify(parts),
    label: [t('Contacts come from'), names, ...problems.map(({text}) => text)].join(', '),
    draw: () => start(parts, {width, height: startHeight(doc)}),
  };
}

function start({sources, readonly, level, font}, size) {
  const plain = `500 13px ${font}`;
  const rows = sources.map(({kind, name}, place) => s('g', {transform: `translate(14 ${44 + 26 * place})`},
    s('path', {class: 'cc-row-icon', d: drawing(kind), transform: 'translate(1 1) scale(0.7)'}),
    s('text', {class: 'cc-row-text', x: 26, y: 14}, fit(name, width - 62, plain))));
  if (!rows.length) {
    rows.push(s('g', {class: 'cc-link', 'data-action': readonly ? '' : 'add-source', transform: 'translate(14 44)'},
      s('rect', {class: 'cc-hit', x: -6, y: -5, width: width - 16, height: 28}),
      s('text', {class: 'cc-row-text', x: 1, y: 14}, readonly ? t('No source yet.') : t('Choose a segment or a form'))));
  }
  return s('g', {class: 'cc-card start', role: 'treeitem', 'data-card': 'start'},
    s('rect', {class: 'cc-ring', x: -4, y: -4, width: size.width + 8, height: size.height + 8, rx: 14}),
    s('rect', {class: 'cc-frame', width: size.width, height: size.height, rx: 10}),
    s('text', {class: 'cc-start-title', x: 15, y: 27}, t('Contacts come from')),
    !readonly && s('g', {class: 'cc-start-add', 'data-action': 'add-source', transform: `translate(${width - 30} 22)`},
      s('title', {}, t('Add a source')), s('circle', {class: 'cc-touch', r: 16}), s('circle', {class: 'cc-disc', r: 10}),
      s('path', {class: 'cc-plus', d: drawing('plus'), transform: 'translate(-6.6 -6.6) scale(0.55)'})),
    rows, s('circle', {class: 'cc-port', cx: width / 2, cy: size.height, r: 4}),
    level && problemMark(level, size));
}

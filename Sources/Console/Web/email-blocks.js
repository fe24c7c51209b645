// The blocks of the builder, as markup that mail programs understand: tables for the layout, styles in the elements,
// no script. Classes begin with `ml-`; by them the builder knows its blocks again, and narrow screens stack columns.

import {t} from './texts.js';
import {formatStyle} from './email-document.js';
import {dynamicToken} from './email-tokens.js';

const FONT = 'Arial,Helvetica,sans-serif';
const INK = '#1f2937';
const QUIET = '#6b7280';
const ACCENT = '#2d55c4';
/** The width of the content in pixels. */
const WIDTH = 600;
/** The space at the sides of a block. */
const SIDE = 24;

/** A picture in the place of one that is still to be chosen. */
export const PLACEHOLDER = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 552 276"><rect width="552" height="276" fill="#e5e7eb"/>'
  + '<g fill="none" stroke="#9ca3af" stroke-width="6" stroke-linejoin="round"><rect x="226" y="98" width="100" height="80" rx="8"/>'
  + '<path d="M226 162l30-30 26 26 16-16 28 28"/></g><circle cx="300" cy="122" r="8" fill="#9ca3af"/></svg>')}`;

const css = formatStyle;

/** Text between tags, written as HTML. Braces of tokens stay. */
export function escapeText(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A value between double quotes. */
function escapeAttribute(text) {
  return escapeText(text).replaceAll('"', '&quot;');
}

/** A table for the layout, which screen readers pass over. */
function table(attributes, rows) {
  return `<table role="presentation" cellpadding="0" cellspacing="0" border="0" ${attributes}><tbody>${rows}</tbody></table>`;
}

/** A block within a column: one cell with its padding. */
function block(content, {padding = `8px ${SIDE}px`, align = 'left', style = {}, kind = ''} = {}) {
  return table(
    `class="ml-block${kind && ` ml-${kind}-block`}" width="100%" style="width:100%;"`,
    `<tr><td align="${align}" style="${css({padding, 'text-align': align, ...style})}">${content}</td></tr>`);
}

/** A text that is edited as a whole. */
function text(content, style = {}, kind = '') {
  const look = {'font-family': FONT, 'font-size': '16px', 'line-height': '24px', color: INK, ...style};
  return `<div class="ml-text${kind && ` ml-${kind}`}" style="${css(look)}">${content}</div>`;
}

function heading(content) {
  const look = {margin: '0', 'font-family': FONT, 'font-size': '28px', 'line-height': '34px', 'font-weight': 'bold', color: INK};
  return `<h1 class="ml-heading" style="${css(look)}">${content}</h1>`;
}

function link(label, style) {
  return `<a href="https://" target="_blank" style="${css(style)}">${label}</a>`;
}

/** A button whose whole face is a link; Outlook takes its padding from the cell. */
function button(label) {
  const look = {
    display: 'inline-block', padding: '13px 28px', 'font-family': FONT, 'font-size': '16px', 'line-height': '20px',
    'font-weight': 'bold', color: '#ffffff', 'text-decoration': 'none', 'border-radius': '6px',
  };
  const face = {'background-color': ACCENT, 'border-radius': '6px', 'mso-padding-alt': '13px 28px'};
  return table(
    'class="ml-button" align="center" style="border-collapse:separate;"',
    `<tr><td align="center" bgcolor="${ACCENT}" style="${css(face)}">${link(label, look)}</td></tr>`);
}

function image(width, alt = '') {
  const look = {display: 'block', width: '100%', 'max-width': `${width}px`, height: 'auto', border: '0'};
  return `<img class="ml-image ml-wide" src="${PLACEHOLDER}" alt="${escapeAttribute(alt)}" width="${width}" style="${css(look)}">`;
}

/** A section: a band over the whole width, with the content in its middle. */
export function section(content, background = '#ffffff') {
  const inner = table(
    `class="ml-container" width="${WIDTH}" align="center" style="width:${WIDTH}px;"`,
    `<tr><td class="ml-cell" bgcolor="${background}" style="${css({padding: '16px 0px', 'background-color': background})}">${content}</td></tr>`);
  return table('class="ml-section" width="100%" style="width:100%;"', `<tr><td align="center" style="padding:0px;">${inner}</td></tr>`);
}

/** Columns side by side, which narrow screens put below each other. */
export function columns(shares, contents = []) {
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const cells = shares.map((share, index) => {
    const percent = `${Math.round((share / whole) * 10_000) / 100}%`;
    return `<td class="ml-col" width="${percent}" valign="top" style="${css({width: percent, 'vertical-align': 'top'})}">`
      + `${contents[index] ?? block(text(t('A column for text, pictures or buttons.')))}</td>`;
  }).join('');
  return table('class="ml-columns" width="100%" style="width:100%;"', `<tr>${cells}</tr>`);
}

function divider() {
  const line = table(
    'width="100%" class="ml-line" style="width:100%;"',
    `<tr><td style="${css({'border-top': '1px solid #e5e7eb', 'font-size': '0', 'line-height': '0'})}">&nbsp;</td></tr>`);
  return block(line, {padding: `16px ${SIDE}px`, kind: 'divider'});
}

function spacer() {
  return table(
    'class="ml-block ml-spacer" width="100%" style="width:100%;"',
    `<tr><td height="32" style="${css({height: '32px', 'font-size': '0', 'line-height': '32px'})}">&nbsp;</td></tr>`);
}

/** Links as texts: pictures would have to be hosted, and many programs hide them. Narrow screens break the line. */
function social() {
  const names = ['Facebook', 'Instagram', 'LinkedIn', 'YouTube'];
  const look = {'font-family': FONT, 'font-size': '14px', 'line-height': '20px', 'font-weight': 'bold', color: ACCENT, 'text-decoration': 'none'};
  const cells = names.map((name) => `<td class="ml-social-link" style="display:inline-block;padding:4px 10px;">${link(name, look)}</td>`).join('');
  return block(table('class="ml-social" align="center"', `<tr>${cells}</tr>`), {align: 'center'});
}

/** A picture that leads to the video, for no mail program plays one. */
function video() {
  const picture = `<a href="https://" target="_blank" style="display:block;">${image(WIDTH - 2 * SIDE, t('Watch the video'))}</a>`;
  const label = link(`&#9654;&nbsp; ${escapeText(t('Watch the video'))}`, {color: ACCENT, 'font-weight': 'bold', 'text-decoration': 'none'});
  return block(picture + text(label, {'text-align': 'center', padding: '12px 0px 0px'}), {kind: 'video', align: 'center'});
}

function footer() {
  const look = {'font-size': '12px', 'line-height': '18px', color: QUIET, 'text-align': 'center'};
  const lines = [escapeText(t('Your company, street, city')), '{unsubscribe_text}', '{webview_text}'];
  return block(text(lines.join('<br>'), look, 'footer'), {padding: `16px ${SIDE}px`, align: 'center', kind: 'footer'});
}

const list = [
  ['section', 'layout', () => section(block(text(escapeText(t('A new section.')))))],
  ['columns-1', 'layout', () => columns([1])],
  ['columns-2', 'layout', () => columns([1, 1])],
  ['columns-3', 'layout', () => columns([1, 1, 1])],
  ['columns-1-2', 'layout', () => columns([1, 2])],
  ['columns-2-1', 'layout', () => columns([2, 1])],
  ['heading', 'content', () => block(heading(escapeText(t('Your headline'))))],
  ['text', 'content', () => block(text(escapeText(t('Write your text here. Keep it short, and say what the reader gets.'))))],
  ['button', 'content', () => block(button(escapeText(t('Call to action'))), {padding: `12px ${SIDE}px`, align: 'center', kind: 'button'})],
  ['image', 'content', () => block(image(WIDTH - 2 * SIDE), {kind: 'image', align: 'center'})],
  ['divider', 'content', divider],
  ['spacer', 'content', spacer],
  ['video', 'content', video],
  ['social', 'content', social],
  ['dynamic', 'martlet', (options) => block(text(dynamicToken(options.dynamic || 'Content'), {}, 'dynamic'), {kind: 'dynamic'})],
  ['footer', 'martlet', footer],
];

/** The ids of the blocks, in order. */
export const BLOCKS = list.map(([id]) => id);

/** The group of a block: `layout`, `content` or `martlet`. */
export function groupOf(id) {
  return list.find(([known]) => known === id)?.[1];
}

/** The markup of a block. */
export function blockMarkup(id, options = {}) {
  const entry = list.find(([known]) => known === id);
  if (!entry) throw new Error(`no block ${id}`);
  return entry[2](options);
}

/** The name of a block. */
export function blockLabel(id) {
  return {
    section: t('Section'), 'columns-1': t('1 column'), 'columns-2': t('2 columns'), 'columns-3': t('3 columns'),
    'columns-1-2': t('1/3 : 2/3'), 'columns-2-1': t('2/3 : 1/3'), heading: t('Heading'), text: t('Text'),
    button: t('Button'), image: t('Image'), divider: t('Divider'), spacer: t('Spacer'), video: t('Video'),
    social: t('Social links'), dynamic: t('Dynamic content'), footer: t('Footer'),
  }[id] ?? id;
}

/** The body of a new e-mail. */
export function starterBody() {
  const intro = blockMarkup('heading') + blockMarkup('text') + blockMarkup('button');
  return `${section(intro)}\n${section(footer(), '#f3f4f6')}`;
}

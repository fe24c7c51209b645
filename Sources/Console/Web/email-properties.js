// What can be set about an element of an e-mail. Mail programs differ in what they heed, so some values are written
// twice: as a style and as an attribute.

import {t} from './texts.js';

const SIDES = ['top', 'right', 'bottom', 'left'];

/** Reads a padding, from the short form or from its sides, as four numbers of pixels. */
export function readPadding(style) {
  const parts = (style.padding ?? '').split(/\s+/).filter(Boolean).map((part) => Math.round(parseFloat(part)) || 0);
  const [top = 0, right = top, bottom = top, left = right] = parts;
  const sides = {top, right, bottom, left};
  for (const side of SIDES) {
    const own = parseFloat(style[`padding-${side}`]);
    if (Number.isFinite(own)) sides[side] = Math.round(own);
  }
  return sides;
}

/** The changes of a style by which one side of its padding gets another value. */
export function writePadding(style, side, pixels) {
  const sides = {...readPadding(style), [side]: Math.min(Math.max(Math.round(pixels) || 0, 0), 200)};
  const changes = {padding: SIDES.map((name) => `${sides[name]}px`).join(' ')};
  for (const name of SIDES) changes[`padding-${name}`] = '';
  return changes;
}

/** A colour as `#rrggbb`, which colour inputs take; an empty text for what is none. */
export function hexColour(text) {
  const value = (text ?? '').trim().toLowerCase();
  if (/^#[0-9a-f]{6}$/.test(value)) return value;
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/.exec(value);
  if (short) return `#${short.slice(1).map((digit) => digit + digit).join('')}`;
  const rgb = /^rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})/.exec(value);
  if (rgb) return `#${rgb.slice(1).map((part) => Math.min(Number(part), 255).toString(16).padStart(2, '0')).join('')}`;
  return {black: '#000000', white: '#ffffff', transparent: ''}[value] ?? '';
}

/** The contrast of two colours as WCAG counts it; null where one of them is unknown. */
export function contrast(first, second) {
  const light = [first, second].map((text) => {
    const hex = hexColour(text);
    if (!hex) return null;
    const [r, g, b] = [1, 3, 5].map((at) => {
      const part = parseInt(hex.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  });
  if (light.includes(null)) return null;
  const [low, high] = light.sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const FONTS = [
  ['Arial,Helvetica,sans-serif', 'Arial'], ['Verdana,Geneva,sans-serif', 'Verdana'],
  ['Tahoma,Geneva,sans-serif', 'Tahoma'], ["'Trebuchet MS',Helvetica,sans-serif", 'Trebuchet MS'],
  ["Georgia,'Times New Roman',serif", 'Georgia'], ["'Times New Roman',Times,serif", 'Times New Roman'],
  ["'Courier New',Courier,monospace", 'Courier New'],
];

const colour = (label, style, attribute) => ({kind: 'colour', label, style, attribute});
const pixels = (label, style, options = {}) => ({kind: 'pixels', label, style, ...options});

const text = () => [
  {kind: 'align', label: t('Alignment'), style: 'text-align'},
  {kind: 'choice', label: t('Font'), style: 'font-family', options: FONTS},
  pixels(t('Size'), 'font-size', {minimum: 8, maximum: 96}),
  pixels(t('Line height'), 'line-height', {minimum: 8, maximum: 140}),
  {kind: 'choice', label: t('Font weight'), style: 'font-weight', options: [['normal', t('Normal')], ['bold', t('Bold')]]},
  colour(t('Text colour'), 'color'),
];
const cell = () => [
  colour(t('Background'), 'background-color', 'bgcolor'),
  {kind: 'padding', label: t('Space inside')},
];

/**
 * What can be set about an element.
 *
 * @param {{tag: string, classes: string[], parentTag?: string}} element What it is.
 * @returns {{kind: string, label: string, style?: string, attribute?: string}[]} The controls, in order.
 */
export function propertiesOf({tag, classes, parentTag}) {
  const is = (name) => classes.includes(name);
  switch (tag) {
    case 'img':
      return [
        {kind: 'image', label: t('Picture'), attribute: 'src'},
        {kind: 'text', label: t('Description'), attribute: 'alt', hint: t('Read aloud, and shown where pictures are blocked.')},
        pixels(t('Width'), 'max-width', {attribute: 'width', minimum: 10, maximum: 1200}),
        pixels(t('Rounding'), 'border-radius', {maximum: 200}),
        ...(parentTag === 'a' ? [] : [{kind: 'wrap-link', label: t('Link')}]),
      ];
    case 'a':
      return [{kind: 'link', label: t('Link'), attribute: 'href'}, ...text().slice(1), ...(is('ml-plain') ? [] : [colour(t('Background'), 'background-color')])];
    case 'td': case 'th':
      return [
        ...cell(),
        {kind: 'align', label: t('Alignment'), style: 'text-align', attribute: 'align'},
        ...(is('ml-col') ? [
          {kind: 'choice', label: t('Vertical alignment'), style: 'vertical-align', attribute: 'valign',
            options: [['top', t('Top')], ['middle', t('Middle')], ['bottom', t('Bottom')]]},
          {kind: 'percent', label: t('Width'), style: 'width', attribute: 'width'},
        ] : []),
      ];
    case 'table':
      return [colour(t('Background'), 'background-color', 'bgcolor'), pixels(t('Width'), 'width', {attribute: 'width', minimum: 50, maximum: 1200})];
    case 'h1': case 'h2': case 'h3': case 'h4':
      return [{kind: 'level', label: t('Level')}, ...text()];
    case 'div': case 'p': case 'span': case 'li': case 'ul': case 'ol': case 'center': case 'font': case 'strong': case 'b': case 'em': case 'i':
      return is('ml-dynamic') ? [{kind: 'dynamic', label: t('Dynamic content')}, ...text()] : text();
    default: return [];
  }
}

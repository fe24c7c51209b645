// The tokens that an e-mail may hold, and how they are written.

import {t} from './texts.js';

/** The words that a token's format may be. A default that is one of them would be taken for the format. */
const FORMATS = new Set(['true', 'date', 'time', 'datetime']);

/** A default as it may stand in a token: a brace would end it, a line break would make it text. */
export function cleanFallback(text) {
  const plain = text.replace(/[{}\r\n]+/g, ' ').trim();
  return FORMATS.has(plain.toLowerCase()) ? '' : plain;
}

/**
 * The token of a contact's field.
 *
 * @param {string} alias The field's alias.
 * @param {string} [fallback] What stands there where the contact has no value.
 * @param {string} [format] `date`, `time`, `datetime` or `true` (encoded for a URL).
 */
export function fieldToken(alias, fallback = '', format = '') {
  const parts = [alias, cleanFallback(fallback), FORMATS.has(format) ? format : ''].filter(Boolean);
  return `{contactfield=${parts.join('|')}}`;
}

/** The token of a place whose content depends on the contact. */
export function dynamicToken(name) {
  return `{dynamiccontent="${name.replace(/["{}\r\n]+/g, ' ').trim()}"}`;
}

/** The name in the first dynamic content token of a text; null where there is none. */
export function dynamicName(text) {
  const match = /\{dynamiccontent=(?:"|'|&quot;)?([^"'{}&]*)(?:"|'|&quot;)?\}/i.exec(text);
  return match ? match[1] : null;
}

export function pageToken(id) {
  return `{pagelink=${id}}`;
}

export function assetToken(id) {
  return `{assetlink=${id}}`;
}

/** The format that fits a field of a type. */
export function formatOf(type) {
  return {date: 'date', time: 'time', datetime: 'datetime'}[type] ?? '';
}

/**
 * The tokens to choose from, in groups.
 *
 * @param {{fields?: {alias: string, label: string, type: string}[], pages?: {id: number, title: string}[],
 *   assets?: {id: number, title: string}[], dynamic?: string[]}} known What there is on this installation.
 * @param {boolean} isLink Whether the token is for the target of a link.
 * @returns {{label: string, items: {label: string, token: string, alias?: string, format?: string}[]}[]}
 */
export function tokenGroups(known, isLink = false) {
  const fields = (known.fields ?? []).filter((field) => !isLink || field.type === 'url');
  const groups = [
    {
      label: t('Contact'),
      items: fields.map((field) => ({
        label: field.label, token: fieldToken(field.alias, '', formatOf(field.type)), alias: field.alias,
        format: formatOf(field.type),
      })),
    },
    {label: t('Links'), items: [
      {label: t('Unsubscribe'), token: '{unsubscribe_url}'},
      {label: t('Unsubscribe from everything'), token: '{dnc_url}'},
      {label: t('View in the browser'), token: '{webview_url}'},
    ]},
    {label: t('Landing pages'), items: (known.pages ?? []).map(({id, title}) => ({label: title, token: pageToken(id)}))},
    {label: t('Assets'), items: (known.assets ?? []).map(({id, title}) => ({label: title, token: assetToken(id)}))},
  ];
  if (!isLink) {
    groups.splice(1, 0,
      {label: t('Owner of the contact'), items: [
        {label: t('First name'), token: '{ownerfield=firstname}'},
        {label: t('Last name'), token: '{ownerfield=lastname}'},
        {label: t('E-mail address'), token: '{ownerfield=email}'},
        {label: t('Position'), token: '{ownerfield=position}'},
        {label: t('Signature'), token: '{ownerfield=signature}'},
      ]},
      {label: t('This e-mail'), items: [
        {label: t('Subject'), token: '{subject}'},
        {label: t('Signature'), token: '{signature}'},
        {label: t('Unsubscribe line'), token: '{unsubscribe_text}'},
        {label: t('View in the browser line'), token: '{webview_text}'},
      ]},
      {label: t('Dynamic content'), items: (known.dynamic ?? []).map((name) => ({label: name, token: dynamicToken(name)}))});
  }
  return groups.filter((group) => group.items.length > 0);
}

/** A link's target as it is written: what has no scheme becomes a web address, an address of e-mail a mailto. */
export function linkTarget(text) {
  const target = text.trim();
  if (target === '' || /^[#{]/.test(target) || /^[a-z][a-z0-9+.-]*:/i.test(target)) {
    return /^(javascript|vbscript|data):/i.test(target.replace(/[\u0000-\u0020]+/g, '')) ? '' : target;
  }
  if (/^[^\s/@]+@[^\s/@]+\.[^\s/@]+$/.test(target)) return `mailto:${target}`;
  return `https://${target.replace(/^\/+/, '')}`;
}

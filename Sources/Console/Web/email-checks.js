// What an author should look at again before the e-mail is sent.

import {t} from './texts.js';

/** Gmail cuts off what is longer. */
const LONGEST = 102 * 1024;

/**
 * Looks for what is missing or unfinished in an e-mail.
 *
 * @param {string} html The e-mail.
 * @param {string} [plain] Its plain text.
 * @returns {{level: 'warn' | 'bad', text: string}[]} What there is to say.
 */
export function checksOf(html, plain = '') {
  const shown = html.replace(/<!--[\s\S]*?-->/g, '');
  const found = [];
  if (!/\{(unsubscribe_text|unsubscribe_url|dnc_url)\}|%7B(unsubscribe_url|dnc_url)%7D/i.test(shown + plain)) {
    found.push({level: 'bad', text: t('There is no way to unsubscribe. Add the footer block.')});
  }
  const pictures = [...shown.matchAll(/<img\b(?:"[^"]*"|'[^']*'|[^'">])*>/gi)].map((match) => match[0])
    .filter((tag) => !/\s(width|height)\s*=\s*["']?1["'\s>]/i.test(tag));
  const blank = pictures.filter((tag) => !/\ssrc\s*=\s*("[^"]+"|'[^']+'|[^\s"'>]+)/i.test(tag) || /\ssrc\s*=\s*["']?data:/i.test(tag)).length;
  if (blank > 0) found.push({level: 'bad', text: t('Pictures still to be chosen: {count}.', {count: blank})});
  const silent = pictures.filter((tag) => !/\salt\s*=/i.test(tag) || /\salt\s*=\s*(""|'')/i.test(tag)).length;
  if (silent > 0) found.push({level: 'warn', text: t('Pictures without a description: {count}.', {count: silent})});
  const open = [...shown.matchAll(/<a\b(?:"[^"]*"|'[^']*'|[^'">])*>/gi)]
    .filter(([tag]) => /\shref\s*=\s*(""|''|["']?(https?:\/\/|#)["'\s>])/i.test(tag)).length;
  if (open > 0) found.push({level: 'bad', text: t('Links that lead nowhere: {count}.', {count: open})});
  if (/<script\b/i.test(shown)) found.push({level: 'bad', text: t('Mail programs run no scripts; take them out.')});
  if (/<form\b/i.test(shown)) found.push({level: 'warn', text: t('Most mail programs show no forms.')});
  const size = new TextEncoder().encode(html).length;
  if (size > LONGEST) found.push({level: 'warn', text: t('The e-mail has {size} kB. Gmail cuts off what is beyond 102 kB.', {size: Math.round(size / 1024)})});
  return found;
}

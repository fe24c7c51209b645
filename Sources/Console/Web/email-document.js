// The e-mail as a document: what stands around its body is kept as it was written, and only the body is edited.

/** Comments and elements whose text is no markup, in which nothing may be taken for a tag. */
const OPAQUE = '<!--[\\s\\S]*?-->|<(style|script|title|textarea|xmp)\\b[\\s\\S]*?<\\/\\1\\s*>';
const ATTRIBUTES = '(?:"[^"]*"|\'[^\']*\'|[^\'">])*';

/** The place of the first tag that a pattern matches, outside of comments and styles. */
function find(html, tag, from = 0) {
  const pattern = new RegExp(`${OPAQUE}|(${tag})`, 'gi');
  pattern.lastIndex = from;
  for (let match = pattern.exec(html); match; match = pattern.exec(html)) {
    if (match[2] !== undefined) return {start: match.index, end: pattern.lastIndex};
  }
  return null;
}

/**
 * Splits an e-mail into what stands before its body, the tag of the body, the body, and what follows.
 *
 * @param {string} html A document, or a part of one, which then is all body.
 * @returns {{before: string, tag: string, body: string, after: string, isWhole: boolean}}
 */
export function splitDocument(html) {
  const open = find(html, `<body\\b${ATTRIBUTES}>`);
  if (open) {
    let close = null;
    for (let next = find(html, '<\\/body\\s*>', open.end); next; next = find(html, '<\\/body\\s*>', next.end)) close = next;
    const end = close?.start ?? find(html, '<\\/html\\s*>', open.end)?.start ?? html.length;
    return {
      before: html.slice(0, open.start),
      tag: html.slice(open.start, open.end),
      body: html.slice(open.end, end),
      after: close ? html.slice(end) : `</body>${html.slice(end)}`,
      isWhole: true,
    };
  }
  // A head without a body: what follows it is the body.
  const head = find(html, '<\\/head\\s*>') ?? find(html, `<html\\b${ATTRIBUTES}>`);
  if (head) {
    const end = find(html, '<\\/html\\s*>', head.end)?.start ?? html.length;
    return {
      before: html.slice(0, head.end),
      tag: '<body>',
      body: html.slice(head.end, end),
      after: `</body>${html.slice(end) || '</html>'}`,
      isWhole: true,
    };
  }
  return {before: '', tag: '', body: html, after: '', isWhole: false};
}

/** The head that a new e-mail has: what narrow screens do with columns stands in its style. */
export const HEAD = `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="x-apple-disable-message-reformatting">
<style>
@media (max-width: 640px) {
  .ml-container { width: 100% !important; }
  .ml-col { display: block !important; width: 100% !important; box-sizing: border-box; }
  .ml-wide { width: 100% !important; max-width: 100% !important; height: auto !important; }
}
</style>
</head>
`;
export const BODY = '<body style="margin:0;padding:0;background-color:#f3f4f6;">';
export const FOOT = '</body>\n</html>\n';

/**
 * Puts an edited body into its document. A part of a document becomes a whole one.
 *
 * @param {{before: string, tag: string, after: string, isWhole: boolean}} parts What ``splitDocument`` returned.
 * @param {string} body The edited body.
 */
export function joinDocument(parts, body) {
  const inner = `\n${body.trim()}\n`;
  if (!parts.isWhole) return `${HEAD}${parts.tag || BODY}${inner}${FOOT}`;
  return parts.before + parts.tag + inner + parts.after;
}

/**
 * Puts the parts of tables on lines of their own, as deep as they stand, so that the code can be read. Between them blanks
 * mean nothing.
 */
export function layOut(body) {
  const part = new RegExp(`(${OPAQUE})|<(/?)(table|tbody|thead|tfoot|tr|td|th)\\b${ATTRIBUTES}>`, 'gi');
  const next = /\s*(?:<\/?(?:table|tbody|thead|tfoot|tr|td|th|div|p|h[1-6])\b|$)/iy;
  let depth = 0;
  let output = '';
  let from = 0;
  for (const match of body.matchAll(part)) {
    if (match[1] !== undefined) continue;
    const isEnd = match[3] === '/';
    if (isEnd) depth = Math.max(depth - 1, 0);
    // A tag that ends what holds tables and blocks alone begins a line too.
    const before = body.slice(from, match.index);
    output += before;
    output = isEnd && /(<\/(table|tbody|thead|tfoot|tr|td|th|div|p|h[1-6])>)\s*$/i.test(output)
      ? `${output.trimEnd()}\n${'  '.repeat(depth)}` : output;
    output += match[0];
    from = match.index + match[0].length;
    if (!isEnd) depth += 1;
    next.lastIndex = from;
    const blank = next.exec(body);
    if (blank && !/^\s*<\//.test(blank[0]) && blank[0].trim() !== '') {
      from += /^\s*/.exec(body.slice(from))[0].length;
      output += `\n${'  '.repeat(depth)}`;
    }
  }
  return output + body.slice(from);
}

/** The styles of the head, for the canvas. */
export function headStyles(before) {
  const found = before.replace(/<!--[\s\S]*?-->/g, '').matchAll(/<style\b[^>]*>([\s\S]*?)<\/style\s*>/gi);
  return [...found].map((match) => match[1]).join('\n');
}

/** Moves the styles of a body to the end of its head, where they are kept as they are. */
export function hoistStyles(parts) {
  const styles = [];
  const body = parts.body.replace(/<!--[\s\S]*?-->|<style\b[^>]*>[\s\S]*?<\/style\s*>/gi, (whole) => {
    if (whole.startsWith('<!--')) return whole;
    styles.push(whole);
    return '';
  });
  if (styles.length === 0) return parts;
  const added = `${styles.join('\n')}\n`;
  if (!parts.isWhole) {
    const before = HEAD.replace('</head>', `${added}</head>`);
    return {before, tag: BODY, body, after: FOOT, isWhole: true};
  }
  const head = find(parts.before, '<\\/head\\s*>');
  const place = head ? head.start : parts.before.length;
  return {...parts, body, before: parts.before.slice(0, place) + added + parts.before.slice(place)};
}

const FORBIDDEN = new Set(['script', 'iframe', 'frame', 'object', 'embed', 'applet', 'base', 'link', 'meta', 'noscript']);
const ADDRESSES = new Set(['href', 'src', 'action', 'formaction', 'background', 'xlink:href', 'poster', 'srcset', 'data']);

/** Whether an element has no place in the body of an e-mail. */
export function isForbiddenElement(name) {
  return FORBIDDEN.has(name.toLowerCase());
}

/** Whether an attribute may run code. */
export function isForbiddenAttribute(name, value) {
  const lower = name.toLowerCase();
  if (lower.startsWith('on') || lower === 'srcdoc') return true;
  // Browsers skip blanks and control characters within the scheme.
  const scheme = value.replace(/[\u0000-\u0020]+/g, '').toLowerCase();
  return ADDRESSES.has(lower) && /^(javascript|vbscript|data:text)/.test(scheme);
}

/** Takes out of a tree what could run. */
export function clean(root) {
  for (const element of [...root.querySelectorAll('*')]) {
    if (isForbiddenElement(element.localName)) {
      element.remove();
      continue;
    }
    for (const {name, value} of [...element.attributes]) {
      if (isForbiddenAttribute(name, value)) element.removeAttribute(name);
    }
  }
  return root;
}

/** Reads a style attribute. */
export function parseStyle(text) {
  const style = {};
  // A semicolon in a URL or a text ends no declaration.
  for (const part of text.match(/(?:url\([^)]*\)|"[^"]*"|'[^']*'|[^;])+/g) ?? []) {
    const colon = part.indexOf(':');
    if (colon > 0) style[part.slice(0, colon).trim().toLowerCase()] = part.slice(colon + 1).trim();
  }
  return style;
}

/** Writes a style attribute; empty values are left out. */
export function formatStyle(style) {
  return Object.entries(style)
    .filter(([, value]) => value !== '' && value !== null && value !== undefined)
    .map(([name, value]) => `${name}:${value};`)
    .join('');
}

/** The style attribute of a tag such as `<body style="…">`. */
export function styleOfTag(tag) {
  const match = /\sstyle\s*=\s*("([^"]*)"|'([^']*)')/i.exec(tag);
  return match ? parseStyle((match[2] ?? match[3]).replaceAll('&quot;', '"').replaceAll('&amp;', '&')) : {};
}

/** Returns a tag with some properties of its style changed; empty values are taken out. */
export function withStyle(tag, changes) {
  const text = formatStyle({...styleOfTag(tag), ...changes}).replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const bare = tag.replace(/\sstyle\s*=\s*("[^"]*"|'[^']*')/i, '');
  return text ? bare.replace(/\s*>$/, () => ` style="${text}">`) : bare;
}

/** A document whose links do nothing in a frame that may open no windows. */
export function withoutNavigation(html) {
  const base = '<base target="_blank">';
  const head = find(html, `<head\\b${ATTRIBUTES}>`);
  if (head) return html.slice(0, head.end) + base + html.slice(head.end);
  const root = find(html, `<html\\b${ATTRIBUTES}>`) ?? find(html, `<!doctype\\b[^>]*>`);
  const place = root?.end ?? 0;
  return html.slice(0, place) + base + html.slice(place);
}

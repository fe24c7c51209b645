// The texts of the page's language. The catalogue's keys are the English texts.

let catalogue;

function load() {
  // Tests run without a document.
  const source = globalThis.document?.getElementById('texts')?.textContent;
  try {
    return source ? JSON.parse(source) : {};
  } catch {
    return {};
  }
}

/**
 * Returns a text in the page's language.
 *
 * @param {string} text The English text, with `{name}` where values go.
 * @param {Object<string, *>} [values] The values by name.
 */
export function t(text, values = {}) {
  catalogue ??= load();
  const found = catalogue[text] || text;
  return found.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

// The search over everything as a dialog: `/` or Ctrl+K opens it, the arrow keys go through what was found, Enter follows.
// Without scripts the field in the bar at the top leads to the same as a page.

const field = document.querySelector('.topbar input[type=search]');
const address = field?.form.getAttribute('action');
let dialog;
let request;
let timer;

function build() {
  dialog = document.createElement('dialog');
  dialog.className = 'dialog wide palette';
  dialog.setAttribute('aria-label', field.getAttribute('aria-label'));
  const input = document.createElement('input');
  input.className = 'input';
  input.type = 'search';
  input.maxLength = 100;
  input.placeholder = field.placeholder;
  input.setAttribute('aria-label', field.getAttribute('aria-label'));
  const results = document.createElement('div');
  results.className = 'palette-results';
  results.setAttribute('aria-live', 'polite');
  dialog.append(input, results);
  document.body.append(dialog);
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => find(input.value, results), 150);
  });
  dialog.addEventListener('keydown', (event) => move(event, input, results));
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  return find('', results);
}

async function find(text, results) {
  request?.abort();
  const own = new AbortController();
  request = own;
  try {
    const answer = await fetch(`${address}?q=${encodeURIComponent(text)}`, {
      headers: { 'HX-Request': 'true' }, signal: own.signal,
    });
    if (answer.status === 401) location.reload();
    if (answer.ok && request === own) results.innerHTML = await answer.text();
  } catch (error) {
    if (error.name !== 'AbortError') results.textContent = '';
  }
}

function move(event, input, results) {
  const links = [...results.querySelectorAll('a')];
  const place = links.indexOf(document.activeElement);
  if (event.key === 'ArrowDown') links[Math.min(place + 1, links.length - 1)]?.focus();
  else if (event.key === 'ArrowUp') (place > 0 ? links[place - 1] : input).focus();
  else if (event.key === 'Home' && place >= 0) links[0].focus();
  else if (event.key === 'End' && place >= 0) links.at(-1).focus();
  else if (event.key === 'Enter' && event.target === input) links[0]?.click();
  else if (event.key.length === 1 && place >= 0 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    // Who goes on typing goes on searching.
    input.focus();
    return;
  } else return;
  event.preventDefault();
}

async function open() {
  if (!dialog) build();
  if (!dialog.open) dialog.showModal();
  const input = dialog.querySelector('input');
  input.focus();
  input.select();
}

if (field && address) {
  document.addEventListener('keydown', (event) => {
    if (document.querySelector('dialog[open]')) return;
    const isTyping = event.target.matches?.('input, textarea, select, [contenteditable]');
    const isShortcut = event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (isShortcut || event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      open();
    }
  });
}

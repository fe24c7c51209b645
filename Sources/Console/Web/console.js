// What every page of the console does with a script: confirmations, selection, live figures, forms whose content is kept.
// All of it is a comfort: without scripts the pages do the same by links and forms.

const token = () => document.querySelector('meta[name="form-token"]')?.content ?? '';

// htmx sends the token of the session with all that changes something.
document.addEventListener('htmx:configRequest', (event) => {
  event.detail.headers['X-CSRF-Token'] = token();
});

// A button with data-confirm asks first.
document.addEventListener('click', (event) => {
  const button = event.target.closest?.('[data-confirm]');
  if (button && !window.confirm(button.dataset.confirm)) {
    event.preventDefault();
    event.stopPropagation();
  }
}, true);

// Boxes of rows: one selects all, and the bar tells how many are.
function countSelected(form) {
  const boxes = [...form.querySelectorAll('tbody input[type=checkbox][name="ids[]"]')];
  const count = boxes.filter((box) => box.checked).length;
  const all = form.querySelector('[data-select-all]');
  if (all) {
    all.checked = count > 0 && count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  }
  form.toggleAttribute('data-has-selection', count > 0);
  const figure = form.querySelector('[data-selected-count]');
  if (figure) figure.textContent = new Intl.NumberFormat(document.documentElement.lang).format(count);
}

document.addEventListener('change', (event) => {
  const form = event.target.form;
  if (!form) return;
  if (event.target.matches('[data-select-all]')) {
    for (const box of form.querySelectorAll('tbody input[type=checkbox][name="ids[]"]')) box.checked = event.target.checked;
  }
  if (event.target.matches('[data-select-all], [name="ids[]"]')) countSelected(form);
  if (event.target.matches('[data-submit-on-change]')) form.requestSubmit();
});

// Colours come from records; a page may not write them as styles.
function paint(root) {
  for (const swatch of root.querySelectorAll('[data-color]')) {
    if (/^#[0-9a-f]{3,8}$/i.test(swatch.dataset.color)) swatch.style.backgroundColor = swatch.dataset.color;
  }
  for (const bar of root.querySelectorAll('[data-share]')) bar.style.width = `${Math.min(100, Math.max(0, Number(bar.dataset.share)))}%`;
}

// Copies the text of an element, or a value of its own.
document.addEventListener('click', async (event) => {
  const button = event.target.closest?.('[data-copy]');
  if (!button) return;
  const source = button.dataset.copy && document.querySelector(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source ? source.value ?? source.textContent : button.dataset.copyText ?? '');
    const label = button.textContent;
    button.textContent = button.dataset.copied ?? '✓';
    setTimeout(() => { button.textContent = label; }, 1500);
  } catch {
    if (source) getSelection().selectAllChildren(source);
  }
});

// Menus made of <details> close when the user goes elsewhere.
document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') {
    const menu = document.querySelector('details.menu[open]');
    if (menu) {
      menu.open = false;
      menu.querySelector('summary')?.focus();
    }
  }
});

// The content of a form outlives a session that ended while it was typed (CSL-12). The server gives back what a browser has
// sent; what htmx has sent is kept here, and put back when the same page comes again by way of signing in.
const keptName = (form) => `kept:${location.pathname}:${form.getAttribute('action') ?? ''}`;

function keep(form) {
  const values = [];
  for (const element of form.elements) {
    if (!element.name || ['token', 'hidden', 'file', 'password', 'submit'].includes(element.type) || element.name === 'token') continue;
    if ((element.type === 'checkbox' || element.type === 'radio') && !element.checked) continue;
    if (element.multiple) for (const option of element.selectedOptions) values.push([element.name, option.value]);
    else values.push([element.name, element.value]);
  }
  sessionStorage.setItem(keptName(form), JSON.stringify({ values, at: Date.now() }));
}

function putBack(form) {
  const kept = sessionStorage.getItem(keptName(form));
  sessionStorage.removeItem(keptName(form));
  if (!kept || sessionStorage.getItem('signed-out') !== location.pathname) return;
  const { values, at } = JSON.parse(kept);
  if (Date.now() - at > 3600_000) return;
  for (const element of form.elements) {
    if (element.type === 'checkbox' || element.type === 'radio') {
      element.checked = values.some(([name, value]) => name === element.name && value === element.value);
    } else if (element.multiple) {
      for (const option of element.options) option.selected = values.some(([name, value]) => name === element.name && value === option.value);
    } else {
      const found = values.find(([name]) => name === element.name);
      if (found && element.type !== 'hidden') element.value = found[1];
    }
    element.dispatchEvent(new Event('change', { bubbles: true }));
  }
}

document.addEventListener('htmx:beforeOnLoad', (event) => {
  if (event.detail.xhr.status === 401) sessionStorage.setItem('signed-out', location.pathname);
});

document.addEventListener('submit', (event) => {
  if (event.target.matches('form[data-keep]')) keep(event.target);
});

// Live figures, while the page is seen.
function show(figures) {
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  for (const element of document.querySelectorAll('[data-figure]')) {
    const value = figures[element.dataset.figure];
    if (value === undefined || value === null) continue;
    if (element instanceof HTMLProgressElement) element.value = Number(value);
    else if (element.hasAttribute('data-share')) element.dataset.share = value;
    else element.textContent = typeof value === 'number' ? numbers.format(value) : value;
  }
  paint(document);
  document.dispatchEvent(new CustomEvent('live', { detail: figures }));
  // What is more than figures is asked for anew: a state that changed changes buttons too.
  const state = document.querySelector('[data-live-state]');
  if (state && figures.state !== undefined && String(figures.state) !== state.dataset.liveState) renew();
}

// A message that is shown once outlives what the page does by itself.
const said = '.page-head + .alert.ok';

function renew() {
  const message = document.querySelector(said);
  if (message) sessionStorage.setItem('said', JSON.stringify([location.pathname, message.outerHTML]));
  location.reload();
}

function sayAgain() {
  const kept = sessionStorage.getItem('said');
  sessionStorage.removeItem('said');
  const [path, message] = JSON.parse(kept ?? '[]');
  if (path !== location.pathname || document.querySelector(said)) return;
  document.querySelector('.page-head')?.insertAdjacentHTML('afterend', message);
}

function watch(address) {
  let source;
  const open = () => {
    source ??= new EventSource(address);
    source.onmessage = (event) => show(JSON.parse(event.data));
  };
  const close = () => {
    source?.close();
    source = undefined;
  };
  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
  addEventListener('pagehide', close);
  // Who leaves is not held back by figures that change meanwhile; a download leaves nothing.
  addEventListener('beforeunload', () => {
    close();
    setTimeout(() => { if (!document.hidden) open(); }, 5000);
  });
  if (!document.hidden) open();
}

sayAgain();
paint(document);
document.addEventListener('htmx:afterSwap', (event) => paint(event.target));
for (const form of document.querySelectorAll('form[data-keep]')) putBack(form);
sessionStorage.removeItem('signed-out');
const live = document.querySelector('[data-live]');
if (live) watch(live.dataset.live);

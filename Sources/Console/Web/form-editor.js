// Lists whose order is changed by dragging: <ol data-order="ADDRESS"> with items that have a data-id and a data-handle. The
// buttons for up and down stay for keyboards; without a script they are the only way.

const token = document.querySelector('meta[name="form-token"]')?.content ?? '';

async function save(list) {
  const body = new URLSearchParams({token});
  for (const item of list.children) if (item.dataset.id) body.append('ids[]', item.dataset.id);
  let isSaved = false;
  try {
    isSaved = (await fetch(list.dataset.order, {method: 'POST', body, headers: {'X-CSRF-Token': token}})).ok;
  } catch {
    // Said by the reload below, which shows the order that there is.
  }
  if (!isSaved) return location.reload();
  // First and last cannot go further; the frame beside shows the new order.
  const items = [...list.children];
  items.forEach((item, place) => {
    const [up, down] = item.querySelectorAll('button[name="step"]');
    if (up) up.disabled = place === 0;
    if (down) down.disabled = place === items.length - 1;
  });
  for (const frame of document.querySelectorAll('iframe.preview')) frame.src = frame.getAttribute('src');
  const toast = document.createElement('div');
  toast.className = 'toast ok';
  const text = document.createElement('span');
  text.textContent = list.dataset.saved;
  toast.append(text);
  document.getElementById('toasts')?.replaceChildren(toast);
  setTimeout(() => toast.remove(), 2500);
}

function letDrag(list, handle) {
  handle.hidden = false;
  handle.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    const item = handle.closest('[data-id]');
    const before = [...list.children].indexOf(item);
    item.classList.add('dragged');
    const move = ({clientY}) => {
      const others = [...list.children].filter((other) => other !== item);
      const next = others.find((other) => {
        const {top, height} = other.getBoundingClientRect();
        return clientY < top + height / 2;
      });
      if (next !== item.nextElementSibling) list.insertBefore(item, next ?? null);
    };
    const end = () => {
      // Moving an element in the document would end a capture: the document itself listens.
      document.removeEventListener('pointermove', move);
      document.removeEventListener('pointerup', end);
      document.removeEventListener('pointercancel', end);
      item.classList.remove('dragged');
      if ([...list.children].indexOf(item) !== before) save(list);
    };
    document.addEventListener('pointermove', move);
    document.addEventListener('pointerup', end);
    document.addEventListener('pointercancel', end);
  });
}

for (const list of document.querySelectorAll('[data-order]')) {
  for (const handle of list.querySelectorAll('[data-handle]')) letDrag(list, handle);
}
for (const hint of document.querySelectorAll('[data-editor-hint]')) hint.hidden = false;

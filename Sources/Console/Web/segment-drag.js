// Dragging rows by their handles, between groups too.

/**
 * Lets rows be dragged.
 *
 * @param {HTMLElement} root What holds groups (`[data-group]`) with rows (`[data-row]`).
 * @param {(row: string, group: string, index: number) => void} drop Takes where a row was dropped.
 */
export function letDrag(root, drop) {
  let dragged = null;
  let target = null;

  const rowsOf = (group) => [...group.querySelectorAll('[data-row]')];
  const clear = () => {
    target?.element.classList.remove('drop-before', 'drop-after');
    target = null;
  };

  root.addEventListener('dragstart', (event) => {
    const row = event.target.closest?.('[data-row]');
    if (!row || !event.target.closest('.segment-handle')) return;
    dragged = row;
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', row.dataset.row);
    event.dataTransfer.setDragImage(row, 16, 16);
    // The picture is taken before the row fades.
    requestAnimationFrame(() => row.classList.add('dragged'));
  });

  root.addEventListener('dragover', (event) => {
    const group = dragged && event.target.closest?.('[data-group]');
    if (!group) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'move';
    const rows = rowsOf(group);
    const next = rows.findIndex((row) => {
      const box = row.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
    const index = next < 0 ? rows.length : next;
    clear();
    const isLast = index === rows.length;
    target = {group: group.dataset.group, index, element: rows[isLast ? index - 1 : index]};
    target.element.classList.add(isLast ? 'drop-after' : 'drop-before');
  });

  root.addEventListener('drop', (event) => {
    if (!dragged || !target) return;
    event.preventDefault();
    drop(dragged.dataset.row, target.group, target.index);
  });

  root.addEventListener('dragend', () => {
    dragged?.classList.remove('dragged');
    dragged = null;
    clear();
  });
}

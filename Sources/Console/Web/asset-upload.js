// The upload of an asset: the file may be dropped, and its name becomes the title.

for (const form of document.querySelectorAll('form[data-asset-upload]')) {
  const input = form.querySelector('input[type=file]');
  const drop = form.querySelector('[data-drop]');
  const address = form.getAttribute('action');
  input.addEventListener('change', () => {
    const name = input.files[0]?.name;
    form.setAttribute('action', name ? `${address}&name=${encodeURIComponent(name)}` : address);
  });
  drop.addEventListener('dragover', (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  drop.addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    if (event.dataTransfer.files.length === 0) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event('change', {bubbles: true}));
  });
}

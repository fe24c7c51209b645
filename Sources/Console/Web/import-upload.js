// The first step of an import: a file is dropped or chosen, and its upload shows how far it has come. Without this script the
// form sends it as any other.
import {t} from './texts.js';

const bytes = (count) => {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [count, 0];
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = new Intl.NumberFormat(document.documentElement.lang, {maximumFractionDigits: unit === 0 ? 0 : 1});
  return `${digits.format(value)} ${units[unit]}`;
};

function start(form) {
  const input = form.querySelector('input[type=file]');
  const drop = form.querySelector('[data-drop]');
  const name = form.querySelector('[data-file-name]');
  const progress = form.querySelector('[data-upload-progress]');
  const bar = progress.querySelector('progress');
  const problem = form.querySelector('[data-upload-problem]');
  const button = form.querySelector('button:not([type=button])');

  const showName = () => {
    const file = input.files[0];
    name.textContent = file ? `${file.name}, ${bytes(file.size)}` : '';
  };
  input.addEventListener('change', showName);

  for (const kind of ['dragenter', 'dragover']) {
    drop.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      drop.classList.add('over');
    });
  }
  drop.addEventListener('dragleave', (event) => {
    if (!drop.contains(event.relatedTarget)) drop.classList.remove('over');
  });
  drop.addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    if (event.dataTransfer.files.length === 0) return;
    const chosen = new DataTransfer();
    chosen.items.add(event.dataTransfer.files[0]);
    input.files = chosen.files;
    showName();
  });

  const say = (text) => {
    const box = document.createElement('div');
    box.className = 'alert bad';
    box.setAttribute('role', 'alert');
    const words = document.createElement('div');
    words.textContent = text;
    box.append(words);
    problem.replaceChildren(box);
    box.scrollIntoView({block: 'nearest'});
  };
  const rest = () => {
    progress.hidden = true;
    button.disabled = false;
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    problem.replaceChildren();
    progress.hidden = false;
    button.disabled = true;
    const request = new XMLHttpRequest();
    request.upload.addEventListener('progress', ({loaded, total}) => {
      const share = total > 0 ? Math.floor((loaded / total) * 100) : 0;
      bar.value = share;
      progress.querySelector('[data-upload-percent]').textContent = `${share} %`;
      progress.querySelector('[data-upload-text]').textContent = loaded < total
        ? t('{done} of {all} uploaded', {done: bytes(loaded), all: bytes(total)}) : t('The file is being read…');
    });
    request.addEventListener('load', () => {
      // The answer led to the next step, which was asked for already.
      if (request.status < 400) {
        location.assign(request.responseURL);
        return;
      }
      const answer = new DOMParser().parseFromString(request.responseText, 'text/html');
      rest();
      say(answer.querySelector('.alert.bad, main .empty p, p')?.textContent.trim() || t('The file was refused.'));
    });
    for (const kind of ['error', 'abort']) {
      request.addEventListener(kind, () => {
        rest();
        say(t('The upload broke off. Try again.'));
      });
    }
    request.open('POST', form.action);
    request.send(new FormData(form));
  });
}

for (const form of document.querySelectorAll('[data-import-upload]')) start(form);

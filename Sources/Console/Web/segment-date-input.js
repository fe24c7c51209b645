// The input of a date: a day or moment, a period such as "this week", days ago, or an anniversary.
import {RANGES, readDate, startingDate, writeDate} from './segment-dates.js';
import {h} from './segment-dom.js';
import {t} from './texts.js';

// The words are named one by one, so that catalogues can have them.
const rangeLabels = () => ({
  today: t('today'), yesterday: t('yesterday'), tomorrow: t('tomorrow'), 'this week': t('this week'),
  'last week': t('last week'), 'next week': t('next week'), 'this month': t('this month'), 'last month': t('last month'),
  'next month': t('next month'), 'this year': t('this year'), 'last year': t('last year'), 'next year': t('next year'),
});
const offsetLabels = () => ({
  'day past': t('days ago'), 'week past': t('weeks ago'), 'month past': t('months ago'), 'year past': t('years ago'),
  'day future': t('days from now'), 'week future': t('weeks from now'), 'month future': t('months from now'),
  'year future': t('years from now'),
});
const anniversaryLabels = () => ({
  'day future': t('days from today'), 'week future': t('weeks from today'), 'month future': t('months from today'),
  'year future': t('years from today'), 'day past': t('days before today'), 'week past': t('weeks before today'),
  'month past': t('months before today'), 'year past': t('years before today'),
});
const modeLabels = () => ({
  absolute: t('date'), offset: t('relative'), range: t('period'), anniversary: t('anniversary'), other: t('words'),
});

function select(label, options, value, change, key) {
  return h('select', {class: 'input', 'aria-label': label, 'data-key': key, onchange: (event) => change(event.target.value)},
    Object.entries(options).map(([name, text]) => h('option', {value: name, selected: name === value}, text)));
}

/**
 * Makes the input of a date.
 *
 * @param {object} settings
 * @param {string} settings.label Its name.
 * @param {*} settings.value The value as the contract has it.
 * @param {boolean} settings.hasTime Whether a time belongs to it.
 * @param {boolean} settings.isEnd Whether it is one end of a range, which no anniversary can be.
 * @param {(value: string, key: string|null) => void} settings.change Takes the value; an empty one is not finished.
 * @param {string} settings.key A name by which its inputs are found again.
 */
export function dateInput({label, value, hasTime, isEnd, change, key}) {
  let date = readDate(value);
  const box = h('div', {class: 'segment-date', role: 'group', 'aria-label': label});

  function set(members, typing = null) {
    date = {...date, ...members};
    change(writeDate(date), typing);
  }

  function begin(mode) {
    date = startingDate(mode, date);
    draw();
    change(writeDate(date), null);
    box.querySelector('select')?.focus();
  }

  const modes = Object.fromEntries(Object.entries(modeLabels()).filter(([mode]) => !isEnd || mode !== 'anniversary'));

  function number(text) {
    return h('input', {
      class: 'input segment-number', type: 'number', inputmode: 'numeric', min: 0, max: 999999, step: 1, value: date.number,
      'aria-label': text, 'data-key': `${key}-number`,
      oninput: (event) => set({number: event.target.value === '' ? NaN : Number(event.target.value)}, `${key}-number`),
    });
  }

  function offset(isAnniversary) {
    const labels = isAnniversary ? anniversaryLabels() : offsetLabels();
    return [
      number(t('{name}: number', {name: label})),
      select(t('{name}: unit and direction', {name: label}), labels, `${date.unit} ${date.past ? 'past' : 'future'}`, (chosen) => {
        const [unit, direction] = chosen.split(' ');
        set({unit, past: direction === 'past'});
      }, `${key}-unit`),
    ];
  }

  function absolute() {
    const type = hasTime ? 'datetime-local' : 'date';
    const shown = hasTime && date.day ? `${date.day}T${date.time || '00:00'}` : date.day;
    return [
      h('input', {
        class: 'input segment-day', type, value: shown, 'aria-label': label, 'data-key': `${key}-day`, max: hasTime ? '9999-12-31T23:59' : '9999-12-31',
        oninput: (event) => {
          const [day, time = ''] = event.target.value.split('T');
          set({day, time: hasTime ? time.slice(0, 5) : ''}, `${key}-day`);
        },
      }),
      hasTime ? h('span', {class: 'segment-unit'}, 'UTC') : null,
    ];
  }

  function parts() {
    switch (date.mode) {
      case 'range':
        return [select(t('{name}: period', {name: label}), Object.fromEntries(RANGES.map((name) => [name, rangeLabels()[name]])),
          date.name, (name) => set({name}), `${key}-range`)];
      case 'offset':
        return offset(false);
      case 'anniversary':
        return offset(true);
      case 'other':
        return [h('input', {
          class: 'input', type: 'text', value: date.text, 'aria-label': label, 'data-key': `${key}-text`,
          placeholder: t('first day of next month'), spellcheck: 'false',
          oninput: (event) => set({text: event.target.value}, `${key}-text`),
        })];
      default:
        return absolute();
    }
  }

  function draw() {
    box.replaceChildren(
      select(t('{name}: kind of date', {name: label}), modes, date.mode, begin, `${key}-mode`),
      ...parts().filter(Boolean));
    box.dataset.mode = date.mode;
  }

  draw();
  return box;
}

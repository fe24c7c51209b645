// A day relative to today, as the operator `date` of conditions has it.

import {h} from './canvas-dom.js';
import {t} from './texts.js';

/** Makes the inputs for `anniversary`, `+P3D`, `-P7D`; other durations are edited as text. */
export function dateShift(value, onChange) {
  const days = /^([+-]?)P(\d+)D$/.exec(value);
  if (value && value !== 'anniversary' && !days) {
    return h('input', {class: 'input', type: 'text', value, 'aria-label': t('Duration'), placeholder: '+P3D',
      oninput: ({target}) => onChange(target.value)});
  }
  let count = days ? Number(days[2]) : 1;
  let kind = 'anniversary';
  if (days) {
    kind = days[1] === '-' ? 'ago' : 'ahead';
    if (count === 0) kind = 'today';
  }
  const number = h('input', {class: 'input cc-short', type: 'number', min: 1, max: 100000, value: count,
    'aria-label': t('Days'), oninput: ({target}) => {
      count = Number(target.value) || 1;
      tell();
    }});
  const select = h('select', {class: 'input', 'aria-label': t('Day'), onchange: ({target}) => {
    kind = target.value;
    tell();
  }}, [['anniversary', t('today, in any year')], ['today', t('today')], ['ahead', t('days ahead')],
    ['ago', t('days ago')]].map(([key, label]) => h('option', {value: key}, label)));
  select.value = kind;
  function tell() {
    number.hidden = kind === 'anniversary' || kind === 'today';
    const shifts = {anniversary: 'anniversary', today: '+P0D', ahead: `+P${count}D`, ago: `-P${count}D`};
    onChange(shifts[kind]);
  }
  number.hidden = kind === 'anniversary' || kind === 'today';
  if (!value) onChange('anniversary');
  return h('div', {class: 'cc-pair'}, number, select);
}

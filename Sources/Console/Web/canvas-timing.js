// When an event fires: at once, after a delay, on a date, or by a date of the contact.

import {combobox} from './canvas-combobox.js';
import {h, uniqueId} from './canvas-dom.js';
import {childrenOf, find} from './canvas-graph.js';
import {fromLocalInput, localInput, localZone} from './canvas-time.js';
import {delay, weekdays} from './canvas-text.js';
import {t} from './texts.js';

const units = [['i', 'minutes'], ['h', 'hours'], ['d', 'days'], ['m', 'months'], ['y', 'years']];

/**
 * Makes the inputs.
 *
 * @param {object} context `{doc, event, records, setTrigger(patch, key), refresh}`.
 */
export function timingForm(context) {
  const {doc, event} = context;
  if (event.kind === 'decision') return decisionNote(doc, event);
  const parent = event.parent === null ? null : find(doc, event.parent);
  const isNoPath = parent?.kind === 'decision' && event.path === 'no';
  const body = h('div', {class: 'cc-stack'});
  const {mode} = event.trigger;
  if (mode === 'interval') body.append(...intervalInputs(context));
  if (mode === 'date') body.append(dateInput(context));
  if (mode === 'contact_date') body.append(...contactDateInputs(context));
  return h('fieldset', {class: 'cc-row'},
    h('legend', {class: 'label'}, isNoPath ? t('How long the decision waits') : t('When')),
    modeChoice(context, isNoPath), body);
}

function decisionNote(doc, event) {
  const waits = childrenOf(doc, event.id, 'no').filter(({kind}) => kind !== 'decision').map(delay).filter(Boolean);
  const text = waits.length
    ? t('Waits for the contact. The no path is taken after the first of: {delays}.', {delays: waits.join('; ')})
    : t('Waits for the contact, for as long as it takes. Add something with a delay on the no path to set a time limit.');
  return h('p', {class: 'hint cc-row'}, text);
}

function modeChoice({event, setTrigger, refresh}, isNoPath) {
  const group = uniqueId('cc-mode');
  const modes = [
    ['immediate', t('At once')], ['interval', t('After a delay')], ['date', t('On a date')],
    ['contact_date', t('On a contact’s date')],
  ].filter(([mode]) => mode !== 'immediate' || !isNoPath || event.kind !== 'action' || event.trigger.mode === mode);
  return h('div', {class: 'cc-modes'}, modes.map(([mode, label]) => h('label', {class: 'cc-mode'},
    h('input', {type: 'radio', name: group, value: mode, checked: event.trigger.mode === mode, onchange: () => {
      setTrigger({mode});
      refresh(`input[type=radio][value=${mode}]`);
    }}), h('span', {}, label))));
}

function amount(value, unit, {min, onValue, onUnit, label}) {
  const select = h('select', {class: 'input', 'aria-label': t('Unit'), onchange: ({target}) => onUnit(target.value)},
    units.map(([key, name]) => h('option', {value: key}, t(name))));
  select.value = unit;
  return h('div', {class: 'cc-pair'},
    h('input', {class: 'input cc-short', type: 'number', min, max: 1000000, step: 1, value, 'aria-label': label,
      oninput: ({target}) => {
        const number = Number(target.value);
        if (Number.isInteger(number)) onValue(number);
      }}), select);
}

function intervalInputs(context) {
  const {event: {trigger}, setTrigger} = context;
  return [
    amount(trigger.interval, trigger.unit, {
      min: 0, label: t('Delay'), onValue: (interval) => setTrigger({interval}, 'interval'),
      onUnit: (unit) => setTrigger({unit}),
    }),
    timesOfDay(context),
    days(context),
  ];
}

function timesOfDay({event: {trigger}, setTrigger, refresh}) {
  let present = 'any';
  if (trigger.hour) present = 'hour';
  else if (trigger.start || trigger.stop) present = 'window';
  const id = uniqueId('cc-times');
  const select = h('select', {id, class: 'input', onchange: ({target}) => {
    const none = {hour: null, start: null, stop: null};
    const picks = {any: none, hour: {...none, hour: '09:00'}, window: {...none, start: '09:00', stop: '17:00'}};
    setTrigger(picks[target.value]);
    refresh('.cc-times');
  }}, [['any', t('at any time of day')], ['hour', t('at a time of day')], ['window', t('between hours')]]
    .map(([key, label]) => h('option', {value: key}, label)));
  select.value = present;
  select.classList.add('cc-times');
  const time = (member, label) => h('input', {class: 'input', type: 'time', value: trigger[member] ?? '',
    'aria-label': label, oninput: ({target}) => setTrigger({[member]: target.value || null}, member)});
  const inputs = {
    any: [], hour: [time('hour', t('Time of day'))],
    window: [time('start', t('From')), h('span', {class: 'cc-dash'}, '–'), time('stop', t('Until'))],
  };
  return h('div', {class: 'cc-row'}, h('label', {class: 'label', for: id}, t('Then')), select,
    inputs[present].length > 0 && h('div', {class: 'cc-pair'}, inputs[present]),
    present !== 'any' && h('p', {class: 'hint'}, t('In the contact’s time zone.')));
}

function days({event: {trigger}, setTrigger}) {
  const chosen = new Set(trigger.days.includes(-1) ? [1, 2, 3, 4, 5] : trigger.days);
  return h('fieldset', {class: 'cc-row'}, h('legend', {class: 'label'}, t('Only on')),
    h('div', {class: 'cc-days'}, weekdays.map(([day, name]) => h('label', {class: 'cc-day'},
      h('input', {type: 'checkbox', checked: chosen.has(day), onchange: ({target}) => {
        if (target.checked) chosen.add(day);
        else chosen.delete(day);
        setTrigger({days: [...chosen].sort()});
      }}), h('span', {}, t(name))))),
    h('p', {class: 'hint'}, t('Any day, if none is chosen.')));
}

function dateInput({event: {trigger}, setTrigger}) {
  const id = uniqueId('cc-date');
  return h('div', {class: 'cc-row'}, h('label', {class: 'label', for: id}, t('Date and time')),
    h('input', {id, class: 'input', type: 'datetime-local', value: localInput(trigger.date),
      oninput: ({target}) => setTrigger({date: fromLocalInput(target.value)}, 'date')}),
    h('p', {class: 'hint'}, t('Your time zone: {zone}. A date in the past counts as now.', {zone: localZone()})));
}

function contactDateInputs({event: {trigger}, records, setTrigger}) {
  const id = uniqueId('cc-contact-date');
  const picker = combobox({
    id, label: t('Date field'), values: trigger.contactField ? [trigger.contactField] : [], isMultiple: false,
    search: async (text) => (await records.search('contactField', text))
      .filter(({type}) => type === 'date' || type === 'datetime'),
    name: (alias) => records.name('contactField', alias),
    onChange: ([alias]) => setTrigger({contactField: alias ?? null}),
  });
  let distance = Math.abs(trigger.offset);
  const shift = (key) => setTrigger({offset: direction.value === 'before' ? -distance : distance}, key);
  const direction = h('select', {class: 'input', 'aria-label': t('Before or after'), onchange: () => shift()},
    h('option', {value: 'before'}, t('before')), h('option', {value: 'after'}, t('after')));
  direction.value = trigger.offset < 0 ? 'before' : 'after';
  const hourId = uniqueId('cc-hour');
  const pastId = uniqueId('cc-past');
  const past = h('select', {id: pastId, class: 'input', onchange: ({target}) => setTrigger({ifPast: target.value})},
    h('option', {value: 'run'}, t('run at once')), h('option', {value: 'skip'}, t('end here')));
  past.value = trigger.ifPast;
  return [
    amount(distance, trigger.offsetUnit, {
      min: 0, label: t('Distance'), onUnit: (offsetUnit) => setTrigger({offsetUnit}),
      onValue: (size) => {
        distance = size;
        shift('offset');
      },
    }),
    direction,
    h('div', {class: 'cc-row'}, h('label', {class: 'label', for: id}, t('Date field')), picker.element),
    h('div', {class: 'cc-row'}, h('label', {class: 'label', for: hourId}, t('Time of day')),
      h('input', {id: hourId, class: 'input', type: 'time', value: trigger.hour ?? '',
        oninput: ({target}) => setTrigger({hour: target.value || null}, 'hour')}),
      h('p', {class: 'hint'}, t('For fields without a time; midnight if empty.'))),
    h('div', {class: 'cc-row'}, h('label', {class: 'label', for: pastId}, t('If the date has passed')), past),
  ];
}

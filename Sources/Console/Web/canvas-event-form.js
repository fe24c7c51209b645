// The form of one event.

import {h, icon} from './canvas-dom.js';
import {fieldRow} from './canvas-fields.js';
import {childrenOf, find, reorder, updateEvent, updateTrigger} from './canvas-graph.js';
import {problemPlace} from './canvas-problems.js';
import {timingForm} from './canvas-timing.js';
import {pathsBelow, typeOf} from './canvas-types.js';
import {t} from './texts.js';

/** Makes the parts of the form. */
export function eventForm(host, event, panel) {
  const type = typeOf(event.type);
  const {id} = event;
  const context = {
    doc: host.doc, event, records: host.records, refresh: (selector) => panel.refresh(selector),
    setProperties: (change, key) => host.change(
      updateEvent(host.doc, id, {properties: change(find(host.doc, id).properties)}), {key: `${id} ${key}`}),
    setTrigger: (patch, key = null) => host.change(updateTrigger(host.doc, id, patch), {key: key && `${id} ${key}`}),
  };
  const fields = type?.fields ?? [];
  const quiet = fields.filter((field) => field.quiet);
  const inputs = h('fieldset', {class: 'cc-form', disabled: host.readonly},
    nameRow(host, event, type),
    type ? fields.filter((field) => !field.quiet).map((field) => fieldRow(field, context)) : rawProperties(context),
    timingForm(context),
    h('details', {class: 'cc-more'}, h('summary', {}, t('More')),
      quiet.map((field) => fieldRow(field, context)), descriptionRow(host, event)));
  return [
    problemPlace(host, id), countsRow(host, event), type && h('p', {class: 'cc-about'}, t(type.about)),
    inputs, !host.readonly && actions(host, event, panel),
  ];
}

function nameRow(host, event, type) {
  const id = `cc-name-${event.id}`;
  return h('div', {class: 'cc-row'}, h('label', {class: 'label', for: id}, t('Name')),
    h('input', {id, class: 'input', type: 'text', maxlength: 191, value: event.name,
      placeholder: type ? t(type.label) : event.type,
      oninput: ({target}) => host.change(updateEvent(host.doc, event.id, {name: target.value}), {key: `${event.id} name`})}));
}

function descriptionRow(host, event) {
  const id = `cc-description-${event.id}`;
  return h('div', {class: 'cc-row'}, h('label', {class: 'label', for: id}, t('Note for colleagues')),
    h('textarea', {id, class: 'input', rows: 3, value: event.description, oninput: ({target}) => host.change(
      updateEvent(host.doc, event.id, {description: target.value}), {key: `${event.id} description`})}));
}

/** Events of types that are not installed keep their properties, which can be edited as they are. */
function rawProperties({event, setProperties}) {
  const id = `cc-raw-${event.id}`;
  const problem = h('p', {class: 'error', hidden: true}, t('This is no JSON object.'));
  return h('div', {class: 'cc-row'}, h('label', {class: 'label', for: id}, t('Properties')),
    h('textarea', {id, class: 'input cc-raw', rows: 8, value: JSON.stringify(event.properties, null, 2),
      oninput: ({target}) => {
        let value = null;
        try {
          value = JSON.parse(target.value);
        } catch {
          // Half typed.
        }
        problem.hidden = value !== null && typeof value === 'object' && !Array.isArray(value);
        if (problem.hidden) setProperties(() => value, 'raw');
      }}), problem);
}

function countsRow(host, event) {
  const counts = host.countsOf(event.id);
  if (!counts) return null;
  const item = (look, number, label) => h('div', {class: `cc-count ${look}`},
    h('dt', {}, label), h('dd', {}, Number(number ?? 0).toLocaleString()));
  return h('div', {class: 'cc-counts'}, h('dl', {}, item('waiting', counts.waiting, t('Waiting')),
    item('done', counts.done, t('Done')), item('failed', counts.failed, t('Failed'))),
  h('a', {href: host.waitersURL(event.id)}, t('Who waits here')));
}

function actions(host, event, panel) {
  const siblings = childrenOf(host.doc, event.parent, event.path);
  const place = siblings.findIndex(({id}) => id === event.id);
  const button = (drawing, label, onclick, properties = {}) =>
    h('button', {type: 'button', class: 'button small', onclick, ...properties}, icon(drawing, 16), label);
  const turn = (step) => {
    host.change(reorder(host.doc, event.id, step), {tidies: true});
    panel.refresh();
  };
  const adders = pathsBelow(event).map((path) => {
    const labels = {yes: t('Add on yes'), no: t('Add on no')};
    return button('plus', labels[path] ?? t('Add after'), () => host.addAfter(event.id, path));
  });
  return h('div', {class: 'cc-actions'}, adders,
    button('move', t('Move…'), () => host.startMove(event.id)),
    button('copy', t('Copy'), () => host.copy()),
    siblings.length > 1 && button('up', t('Earlier'), () => turn(-1), {disabled: place === 0}),
    siblings.length > 1 && button('down', t('Later'), () => turn(1), {disabled: place === siblings.length - 1}),
    button('trash', t('Delete'), () => host.remove(), {class: 'button small danger'}));
}

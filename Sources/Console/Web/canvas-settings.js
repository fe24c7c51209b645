// The settings of the whole campaign that are saved with it.

import {h} from './canvas-dom.js';
import {problemPlace} from './canvas-problems.js';
import {fromLocalInput, localInput, localZone} from './canvas-time.js';
import {t} from './texts.js';

/** Makes the form. */
export function settingsForm(host) {
  const {doc} = host;
  const set = (patch, key) => host.change({...host.doc, ...patch}, {key});
  const row = (id, label, control, hint) => h('div', {class: 'cc-row'},
    h('label', {class: 'label', for: id}, label), control, hint && h('p', {class: 'hint'}, hint));
  const flag = (member, label, hint) => h('div', {class: 'cc-row'}, h('label', {class: 'cc-check'},
    h('input', {type: 'checkbox', checked: doc[member], onchange: ({target}) => set({[member]: target.checked})}),
    h('span', {}, label)), h('p', {class: 'hint'}, hint));
  const date = (member, label) => {
    const id = `cc-${member}`;
    return row(id, label, h('input', {id, class: 'input', type: 'datetime-local', value: localInput(doc[member]),
      oninput: ({target}) => set({[member]: fromLocalInput(target.value)}, member)}));
  };
  return [
    problemPlace(host, null),
    h('fieldset', {class: 'cc-form', disabled: host.readonly},
      row('cc-description', t('Description'), h('textarea', {id: 'cc-description', class: 'input', rows: 3,
        value: doc.description ?? '', oninput: ({target}) => set({description: target.value}, 'description')})),
      flag('isPublished', t('Published'), t('Contacts enter and events fire only while the campaign is published. Unpublishing stops scheduled events at once.')),
      date('publishUp', t('From')), date('publishDown', t('Until')),
      h('p', {class: 'hint'}, t('Without dates the switch alone decides. Your time zone: {zone}.', {zone: localZone()})),
      flag('allowRestart', t('Contacts may start again'), t('Whoever left and comes back begins with the first event.'))),
  ];
}

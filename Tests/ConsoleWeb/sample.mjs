// A campaign: an e-mail, whether it is opened, and an action on both paths.

import {addEvent, emptyDocument, newEvent} from '../../Sources/Console/Web/canvas-graph.js';

export function sample() {
  let doc = {...emptyDocument(), name: 'Welcome', sources: [{kind: 'segment', id: '1', name: 'Readers'}]};
  const add = (type, parent, path, properties) => {
    const event = newEvent(doc, type, parent, path);
    doc = addEvent(doc, {...event, properties: {...event.properties, ...properties}});
    return event.id;
  };
  const mail = add('email.send', null, null, {email: 3});
  const decision = add('email.open', mail, null, {});
  const yes = add('lead.changetags', decision, 'yes', {add_tags: ['keen']});
  const no = add('lead.changepoints', decision, 'no', {points: -1});
  return {doc, mail, decision, yes, no};
}

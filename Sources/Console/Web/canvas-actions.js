// The actions that Martlet executes, with the inputs of their properties (campaigns.md 7.1).

const channels = [['email', 'E-mail'], ['sms', 'Text message'], ['notification', 'Push notification']];

export const actions = {
  'email.send': {
    label: 'Send an e-mail', icon: 'mail', about: 'Sends a template e-mail to the contact.',
    fields: [
      {name: 'email', kind: 'record', of: 'email', label: 'E-mail', required: true},
      {
        name: 'email_type', kind: 'choice', label: 'Kind', standard: 'marketing',
        options: [['marketing', 'Marketing: once per contact'], ['transactional', 'Transactional: each time']],
        hint: 'A marketing e-mail respects do-not-contact and is sent to a contact once.',
      },
      {name: 'priority', kind: 'choice', label: 'Priority', standard: '2', numeric: true, quiet: true,
        options: [['2', 'Normal'], ['1', 'High']]},
      {name: 'attempts', kind: 'number', label: 'Attempts', standard: 3, min: 1, max: 1000, quiet: true,
        hint: 'How often a message is tried that a frequency rule holds back.'},
    ],
  },
  'email.send.to.user': {
    label: 'E-mail users', icon: 'mail', about: 'Sends an e-mail about the contact to users and other addresses.',
    needs: [['user_id', 'to_owner', 'to', 'cc', 'bcc']],
    needsText: 'Choose at least one recipient.',
    fields: [
      {name: 'useremail.email', kind: 'record', of: 'email', label: 'E-mail', required: true},
      {name: 'user_id', kind: 'records', of: 'user', label: 'Users'},
      {name: 'to_owner', kind: 'flag', label: 'Also to the contact’s owner'},
      {name: 'to', kind: 'text', label: 'To', hint: 'Addresses or tokens such as {contactfield=email}, with commas.'},
      {name: 'cc', kind: 'text', label: 'Cc', quiet: true},
      {name: 'bcc', kind: 'text', label: 'Bcc', quiet: true},
    ],
  },
  'user.notify': {
    label: 'Notify users', icon: 'bell', about: 'Leaves a note in the inbox of users in the console.',
    needs: [['users', 'to_owner']],
    needsText: 'Choose at least one recipient.',
    fields: [
      {name: 'title', kind: 'text', label: 'Title', required: true},
      {name: 'body', kind: 'longtext', label: 'Text', hint: 'Tokens such as {contactfield=firstname} are filled in.'},
      {name: 'users', kind: 'records', of: 'user', label: 'Users'},
      {name: 'to_owner', kind: 'flag', label: 'Also to the contact’s owner'},
    ],
  },
  'lead.changepoints': {
    label: 'Change points', icon: 'star', about: 'Adds points to the contact, or takes some away.',
    fields: [
      {name: 'points', kind: 'number', label: 'Points', required: true, min: -2147483647, max: 2147483647,
        hint: 'A negative number takes points away.'},
      {name: 'group', kind: 'record', of: 'pointGroup', label: 'Point group',
        hint: 'Without a group the contact’s own points change.'},
    ],
  },
  'lead.changelist': {
    label: 'Change segments', icon: 'segment', about: 'Adds the contact to segments and removes it from others.',
    needs: [['addToLists', 'removeFromLists']],
    needsText: 'Choose a segment to add to or to remove from.',
    fields: [
      {name: 'addToLists', kind: 'records', of: 'segment', label: 'Add to'},
      {name: 'removeFromLists', kind: 'records', of: 'segment', label: 'Remove from'},
    ],
  },
  'lead.changetags': {
    label: 'Change tags', icon: 'tag', about: 'Adds tags to the contact and removes others.',
    needs: [['add_tags', 'remove_tags']],
    needsText: 'Choose a tag to add or to remove.',
    fields: [
      {name: 'add_tags', kind: 'tags', of: 'tag', label: 'Add'},
      {name: 'remove_tags', kind: 'tags', of: 'tag', label: 'Remove'},
    ],
  },
  'lead.updatelead': {
    label: 'Update the contact', icon: 'user', about: 'Writes values into fields of the contact.',
    fields: [{kind: 'values', of: 'contactField', label: 'Fields', required: true,
      hint: 'Values may use tokens, and words such as “today” for dates.'}],
  },
  'lead.updatecompany': {
    label: 'Update the company', icon: 'company', about: 'Writes values into fields of the contact’s primary company.',
    fields: [{kind: 'values', of: 'companyField', label: 'Fields', required: true}],
  },
  'lead.addtocompany': {
    label: 'Add to a company', icon: 'company', about: 'Makes a company the contact’s primary one.',
    fields: [{name: 'company', kind: 'record', of: 'company', label: 'Company', required: true}],
  },
  'lead.scorecontactscompanies': {
    label: 'Score companies', icon: 'star', about: 'Adds to the score of all companies of the contact.',
    fields: [{name: 'score', kind: 'number', label: 'Score', required: true, min: -2147483647, max: 2147483647}],
  },
  'lead.changeowner': {
    label: 'Change the owner', icon: 'user', about: 'Makes a user the owner of the contact.',
    fields: [{name: 'owner', kind: 'record', of: 'user', label: 'Owner', required: true}],
  },
  'stage.change': {
    label: 'Change the stage', icon: 'flag', about: 'Moves the contact forward to a stage.',
    fields: [{name: 'stage', kind: 'record', of: 'stage', label: 'Stage', required: true}],
  },
  'campaign.addremovelead': {
    label: 'Change campaigns', icon: 'campaign', about: 'Adds the contact to campaigns and removes it from others.',
    needs: [['addTo', 'removeFrom']],
    needsText: 'Choose a campaign to add to or to remove from.',
    fields: [
      {name: 'addTo', kind: 'records', of: 'campaign', label: 'Add to', own: true},
      {name: 'removeFrom', kind: 'records', of: 'campaign', label: 'Remove from', own: true},
    ],
  },
  'campaign.jump_to_event': {
    label: 'Jump to an event', icon: 'jump', about: 'Goes on at another event of this campaign.', isEnd: true,
    fields: [{name: 'jumpToEvent', kind: 'event', label: 'Event', required: true}],
  },
  'campaign.sendwebhook': {
    label: 'Call a webhook', icon: 'link', about: 'Sends data about the contact to an address on the web.',
    fields: [
      {name: 'url', kind: 'text', label: 'Address', required: true, placeholder: 'https://'},
      {name: 'method', kind: 'choice', label: 'Method', standard: 'post',
        options: [['get', 'GET'], ['post', 'POST'], ['put', 'PUT'], ['patch', 'PATCH'], ['delete', 'DELETE']]},
      {name: 'headers', kind: 'pairs', label: 'Headers'},
      {name: 'additional_data', kind: 'pairs', label: 'Data',
        hint: 'Values may use tokens such as {contactfield=email}.'},
      {name: 'timeout', kind: 'number', label: 'Time limit in seconds', standard: 10, min: 1, max: 120},
    ],
  },
  'lead.adddnc': {
    label: 'Set do-not-contact', icon: 'ban', about: 'Stops messages to the contact on some channels.',
    fields: [
      {name: 'channels', kind: 'checks', label: 'Channels', options: channels, required: true},
      {name: 'reason', kind: 'text', label: 'Reason'},
    ],
  },
  'lead.removednc': {
    label: 'Lift do-not-contact', icon: 'check', about: 'Allows messages to the contact again.',
    fields: [
      {name: 'channels', kind: 'checks', label: 'Channels', options: channels, required: true},
      {name: 'reason', kind: 'text', label: 'Reason'},
    ],
  },
  'lead.deletecontact': {
    label: 'Delete the contact', icon: 'trash', about: 'Deletes the contact with all that is known of it.',
    isEnd: true, danger: true, fields: [],
  },
  'dwc.push_content': {
    label: 'Show dynamic content', icon: 'page', about: 'Replaces the content of the slot that was asked for.',
    below: {type: 'dwc.decision', path: 'yes'},
    fields: [
      {name: 'dynamicContent', kind: 'record', of: 'dynamicContent', label: 'Content', required: true},
      {name: 'dwc_slot_name', kind: 'text', label: 'Slot', hint: 'Empty: the slot of the request above.'},
    ],
  },
  'focus.show': {
    label: 'Show a focus item', icon: 'page', about: 'Shows a focus item on the contact’s next page within a day.',
    fields: [{name: 'focus', kind: 'record', of: 'focus', label: 'Focus item', required: true}],
  },
  'tracking.pixel.send': {
    label: 'Send a tracking event', icon: 'bolt', about: 'The contact’s next page tells Google Analytics or Facebook.',
    below: {type: 'page.pagehit', path: 'yes'},
    fields: [
      {name: 'services', kind: 'checks', label: 'Services', required: true,
        options: [['google_analytics', 'Google Analytics'], ['facebook_pixel', 'Facebook pixel']]},
      {name: 'action', kind: 'text', label: 'Action', required: true, max: 191},
      {name: 'category', kind: 'text', label: 'Category', max: 191},
      {name: 'label', kind: 'text', label: 'Label', max: 191},
    ],
  },
};

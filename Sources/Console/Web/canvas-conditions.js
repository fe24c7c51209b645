// The conditions that Martlet asks, with the inputs of their properties (campaigns.md 7.3).

const channels = [['email', 'E-mail'], ['sms', 'Text message'], ['notification', 'Push notification']];

export const comparisons = [
  ['=', 'is'], ['!=', 'is not'], ['gt', 'is greater than'], ['gte', 'is at least'], ['lt', 'is less than'],
  ['lte', 'is at most'], ['like', 'matches'], ['!like', 'does not match'], ['contains', 'contains'],
  ['startsWith', 'starts with'], ['endsWith', 'ends with'], ['in', 'is one of'], ['!in', 'is none of'],
  ['empty', 'is empty'], ['!empty', 'is not empty'],
];

export const conditions = {
  'lead.field_value': {
    label: 'Contact field', icon: 'user', about: 'Compares a field of the contact or of its company.',
    fields: [{kind: 'comparison', of: 'anyField', label: 'Field', required: true}],
  },
  'lead.tags': {
    label: 'Has a tag', icon: 'tag', about: 'The contact has at least one of the tags.',
    fields: [{name: 'tags', kind: 'tags', of: 'tag', label: 'Tags', required: true}],
  },
  'lead.segments': {
    label: 'Is in a segment', icon: 'segment', about: 'The contact is in at least one of the segments.',
    fields: [{name: 'segments', kind: 'records', of: 'segment', label: 'Segments', required: true}],
  },
  'lead.campaigns': {
    label: 'Is in a campaign', icon: 'campaign', about: 'The contact is an active member of at least one of the campaigns.',
    fields: [
      {name: 'campaigns', kind: 'records', of: 'campaign', label: 'Campaigns', required: true},
      {name: 'dateAddedOperator', kind: 'choice', label: 'Added', standard: 'gt', quiet: true,
        options: [['gt', 'after'], ['gte', 'at or after'], ['lt', 'before'], ['lte', 'at or before']]},
      {name: 'dateAdded', kind: 'date', label: 'Date', quiet: true},
    ],
  },
  'lead.points': {
    label: 'Points', icon: 'star', about: 'Compares the contact’s points, or its score in a group.',
    fields: [
      {name: 'operator', kind: 'choice', label: 'Points are', standard: 'gte',
        options: [['gte', 'at least'], ['gt', 'more than'], ['lte', 'at most'], ['lt', 'less than'], ['=', 'exactly'], ['!=', 'not']]},
      {name: 'score', kind: 'number', label: 'Number', required: true, min: -2147483647, max: 2147483647},
      {name: 'group', kind: 'record', of: 'pointGroup', label: 'Point group'},
    ],
  },
  'lead.stages': {
    label: 'Is in a stage', icon: 'flag', about: 'The contact is in one of the stages.',
    fields: [{name: 'stages', kind: 'records', of: 'stage', label: 'Stages', required: true}],
  },
  'lead.owner': {
    label: 'Owner', icon: 'user', about: 'The contact is owned by one of the users.',
    fields: [{name: 'owner', kind: 'records', of: 'user', label: 'Users', required: true}],
  },
  'lead.device': {
    label: 'Has a device', icon: 'device', about: 'A device of the contact fits every criterion.',
    fields: [
      {name: 'device_type', kind: 'tags', label: 'Kinds of devices', suggestions: ['desktop', 'smartphone', 'tablet', 'tv']},
      {name: 'device_brand', kind: 'tags', label: 'Brands', suggestions: ['Apple', 'Samsung', 'Google', 'Xiaomi', 'Huawei']},
      {name: 'device_os', kind: 'tags', label: 'Systems', suggestions: ['Android', 'iOS', 'Windows', 'Mac', 'GNU/Linux']},
    ],
  },
  'lead.dnc': {
    label: 'Is on do-not-contact', icon: 'ban', about: 'Messages are stopped on at least one of the channels.',
    fields: [
      {name: 'channels', kind: 'checks', label: 'Channels', options: channels, required: true},
      {name: 'reason', kind: 'choice', label: 'Reason', standard: '', numeric: true,
        options: [['', 'Any'], ['1', 'Unsubscribed'], ['2', 'Bounced'], ['3', 'Set by a user']]},
    ],
  },
  'form.field_value': {
    label: 'Form answer', icon: 'form', about: 'Compares what the contact has filled into a form.',
    fields: [
      {name: 'form', kind: 'record', of: 'form', label: 'Form', required: true, refreshes: true},
      {kind: 'comparison', of: 'formField', label: 'Field', required: true},
    ],
  },
  'email.validate.address': {
    label: 'Has a valid address', icon: 'mail', about: 'The contact’s e-mail address is well formed.', fields: [],
  },
};

// The decisions that Martlet waits for, with the inputs of their properties (campaigns.md 7.2).

const mail = {type: 'email.send'};

export const decisions = {
  'email.open': {
    label: 'Opens the e-mail', icon: 'eye', about: 'The contact opens the e-mail that was sent just before.', below: mail,
    fields: [{name: 'byPerson', kind: 'flag', label: 'Only if a person opened it',
      hint: 'Mail programs and scanners open e-mails by themselves.'}],
  },
  'email.click': {
    label: 'Clicks a link', icon: 'pointer', about: 'The contact clicks a link of the e-mail that was sent just before.',
    below: mail,
    fields: [{name: 'urls.list', kind: 'texts', label: 'Addresses', placeholder: 'https://',
      hint: 'Any link counts if none is given; otherwise the clicked address contains one of these.'}],
  },
  'email.reply': {
    label: 'Replies to the e-mail', icon: 'reply', about: 'The contact answers the e-mail that was sent just before.',
    below: mail, fields: [],
  },
  'page.pagehit': {
    label: 'Visits a page', icon: 'globe', about: 'The contact visits a page or a screen of an app.',
    fields: [
      {name: 'pages', kind: 'records', of: 'page', label: 'Landing pages'},
      {name: 'url', kind: 'text', label: 'Addresses', hint: 'With commas; * and ? are wildcards. Without any criterion every visit counts.'},
      {name: 'referer', kind: 'text', label: 'Referrers', hint: 'Where the visitor came from; as above.'},
    ],
  },
  'event.track': {
    label: 'Does something in an app', icon: 'bolt', about: 'An app or a server reports an event of the contact.',
    fields: [
      {name: 'event', kind: 'text', label: 'Events', placeholder: 'order.placed',
        hint: 'Names with commas; * and ? are wildcards. Empty: any event.'},
      {name: 'conditions', kind: 'conditions', label: 'Properties'},
    ],
  },
  'page.devicehit': {
    label: 'Uses a device', icon: 'device', about: 'The contact visits with a certain device.',
    fields: [
      {name: 'device_type', kind: 'tags', label: 'Kinds of devices', suggestions: ['desktop', 'smartphone', 'tablet', 'tv']},
      {name: 'device_brand', kind: 'tags', label: 'Brands', suggestions: ['Apple', 'Samsung', 'Google', 'Xiaomi', 'Huawei']},
      {name: 'device_os', kind: 'tags', label: 'Systems', suggestions: ['Android', 'iOS', 'Windows', 'Mac', 'GNU/Linux']},
    ],
  },
  'form.submit': {
    label: 'Submits a form', icon: 'form', about: 'The contact submits a form.',
    fields: [{name: 'forms', kind: 'records', of: 'form', label: 'Forms', hint: 'Any form counts if none is chosen.'}],
  },
  'asset.download': {
    label: 'Downloads an asset', icon: 'download', about: 'The contact downloads a file.',
    fields: [{name: 'assets', kind: 'records', of: 'asset', label: 'Assets', hint: 'Any asset counts if none is chosen.'}],
  },
  'dwc.decision': {
    label: 'Asks for dynamic content', icon: 'page', about: 'The contact’s browser asks for the content of a slot.',
    fields: [
      {name: 'dwc_slot_name', kind: 'text', label: 'Slot', hint: 'The exact name. Empty: any slot.'},
      {name: 'dynamicContent', kind: 'record', of: 'dynamicContent', label: 'Default content'},
    ],
  },
  'sms.reply': {
    label: 'Answers a text message', icon: 'message', about: 'The contact answers by text message.',
    fields: [{name: 'pattern', kind: 'text', label: 'Text', hint: '* and ? are wildcards. Empty: any answer.'}],
  },
};

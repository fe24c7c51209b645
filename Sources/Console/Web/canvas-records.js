// The records that events name: found by search, shown by name.

import {api} from './api.js';
import {t} from './texts.js';

const named = (path, list) => ({path, list, select: ['id', 'name'], label: ({name}) => name});

const sources = {
  segment: named('/api/segments', 'lists'),
  form: named('/api/forms', 'forms'),
  campaign: named('/api/campaigns', 'campaigns'),
  stage: named('/api/stages', 'stages'),
  dynamicContent: named('/api/dynamiccontents', 'dynamicContents'),
  focus: named('/api/focus', 'focus'),
  pointGroup: named('/api/points/groups', 'pointGroups'),
  // A segment e-mail cannot be sent by a campaign.
  email: {
    ...named('/api/emails', 'emails'), select: ['id', 'name', 'subject', 'isPublished'],
    filter: 'where[0][col]=emailType&where[0][expr]=eq&where[0][val]=template',
    hint: ({subject, isPublished}) => (isPublished ? subject : t('{subject} (not published)', {subject})),
  },
  asset: {path: '/api/assets', list: 'assets', select: ['id', 'title'], label: ({title}) => title},
  page: {path: '/api/pages', list: 'pages', select: ['id', 'title'], label: ({title}) => title},
  tag: {path: '/api/tags', list: 'tags', select: ['id', 'tag'], label: ({tag}) => tag, value: ({tag}) => tag},
  user: {
    path: '/api/users', list: 'users', select: ['id', 'username', 'firstName', 'lastName'],
    label: ({firstName, lastName, username}) => [firstName, lastName].filter(Boolean).join(' ') || username,
  },
  company: {path: '/api/companies', list: 'companies', label: ({fields}) => fields?.all?.companyname},
};

const fieldLists = {contactField: ['contact'], companyField: ['company'], anyField: ['contact', 'company']};

/** Finds records and keeps their names. */
export class Records {
  #names = new Map();
  #wanted = new Map();
  #lists = new Map();
  #timer = null;
  #onNames;

  /** @param {() => void} onNames Is called when names have come that were asked for. */
  constructor(onNames) {
    this.#onNames = onNames;
  }

  /** Keeps a name that is known from elsewhere. */
  learn(kind, id, name) {
    if (name) this.#names.set(`${kind} ${id}`, name);
  }

  /** Returns the name of a record; its number until it is known. */
  name = (kind, id) => {
    if (kind === 'tag') return String(id);
    if (kind === 'campaign' && id === 'this') return t('this campaign');
    const known = this.#names.get(`${kind} ${id}`);
    if (known !== undefined) return known;
    this.#want(kind, String(id));
    return kind in fieldLists ? String(id) : `#${id}`;
  };

  #want(kind, id) {
    const wanted = this.#wanted.get(kind) ?? new Set();
    this.#wanted.set(kind, wanted.add(id));
    // All that one drawing asks for is fetched at once.
    this.#timer ??= setTimeout(() => this.#fetchNames(), 0);
  }

  async #fetchNames() {
    const wanted = this.#wanted;
    this.#wanted = new Map();
    this.#timer = null;
    const fetches = Array.from(wanted, async ([kind, ids]) => {
      // What is not found, or may not be read, keeps its number and is not asked for again.
      for (const id of ids) this.#names.set(`${kind} ${id}`, kind in fieldLists ? id : `#${id}`);
      try {
        if (kind in fieldLists) await this.fields(kind);
        else if (kind in sources) await this.#fetch(kind, `search=ids:${[...ids].map(encodeURIComponent).join(',')}`);
      } catch {
        // The number says as much as can be said.
      }
    });
    await Promise.all(fetches);
    this.#onNames();
  }

  async #fetch(kind, query) {
    const source = sources[kind];
    const select = (source.select ?? []).map((name) => `select[]=${name}`);
    const answer = await api('GET', `${source.path}?${[query, ...select].join('&')}`);
    const options = Object.values(answer?.[source.list] ?? {}).map((item) => ({
      value: source.value ? source.value(item) : String(item.id),
      label: source.label(item) || `#${item.id}`,
      hint: source.hint?.(item) ?? '',
    }));
    for (const {value, label} of options) this.learn(kind, value, label);
    return options;
  }

  /** Returns the first records that a text finds. */
  async search(kind, text) {
    if (kind in fieldLists) {
      const needle = text.trim().toLowerCase();
      return (await this.fields(kind)).filter(({label, value}) =>
        label.toLowerCase().includes(needle) || value.includes(needle));
    }
    const query = [`limit=30`, sources[kind].filter, text.trim() && `search=${encodeURIComponent(text.trim())}`];
    return this.#fetch(kind, query.filter(Boolean).join('&'));
  }

  /** Returns all fields of contacts, companies or both. */
  fields(kind) {
    if (!this.#lists.has(kind)) this.#lists.set(kind, this.#loadFields(kind));
    return this.#lists.get(kind);
  }

  async #loadFields(kind) {
    const members = ['alias', 'label', 'type', 'properties', 'isPublished'].map((name) => `select[]=${name}`).join('&');
    const answers = await Promise.all(fieldLists[kind].map(async (object) => {
      const answer = await api('GET', `/api/fields/${object}?limit=1000&${members}`);
      return Object.values(answer?.fields ?? {}).map((field) => ({...field, object}));
    }));
    const fields = answers.flat().filter((field) => field.isPublished !== false).map((field) => ({
      value: field.alias, label: field.label, type: field.type, choices: choicesOf(field),
      hint: field.object === 'company' && kind === 'anyField' ? t('Company') : '',
    }));
    for (const {value, label} of fields) this.learn(kind, value, label);
    return fields;
  }

  /** Returns the fields of a form. */
  formFields(form) {
    const key = `form ${form}`;
    if (!this.#lists.has(key)) {
      this.#lists.set(key, api('GET', `/api/forms/${encodeURIComponent(form)}`).then((answer) =>
        Object.values(answer?.form?.fields ?? {}).map(({alias, label, type, properties}) =>
          ({value: alias, label: label || alias, type, choices: choicesOf({type, properties}), hint: ''}))));
    }
    return this.#lists.get(key);
  }
}

/** Returns the values that a field can have, if they are listed. */
function choicesOf({type, properties}) {
  if (type === 'boolean') return [['1', properties?.yes ?? t('Yes')], ['0', properties?.no ?? t('No')]];
  const list = properties?.list?.list ?? properties?.list ?? properties?.optionlist?.list;
  if (type === 'lookup' || !Array.isArray(list)) return null;
  return list.map((item) => (typeof item === 'object' ? [String(item.value), item.label] : [String(item), String(item)]));
}

// What the builder asks the API for: fields, pages, assets, pictures, contacts, and what an e-mail looks like to one.

import {api} from './api.js';

/** The members of a list, whether it came as an array or as an object by id. */
function rows(list) {
  return Array.isArray(list) ? list : Object.values(list ?? {});
}

/** What is not allowed, or away, is left out: the builder works without it. */
async function lookUp(path, read, otherwise = []) {
  try {
    return read(await api('GET', path));
  } catch {
    return otherwise;
  }
}

/** The fields of contacts, and of companies, by label. */
async function fields(path) {
  const contact = await lookUp(path, (answer) => rows(answer.fields));
  return contact.filter((field) => field.isPublished !== false)
    .map(({alias, label, type}) => ({alias, label, type}))
    .sort((a, b) => a.label.localeCompare(b.label));
}

/**
 * What there is on this installation for an e-mail.
 *
 * @param {{fields: string, email?: string, dynamic?: string[]}} options The address of the fields, the id of the e-mail
 *   and the names of its dynamic content, which are read where they are not given.
 */
export async function known({fields: path, email, dynamic}) {
  const titled = (list) => rows(list).map(({id, title, name}) => ({id, title: title ?? name}));
  const names = dynamic ? Promise.resolve(dynamic) : email
    ? lookUp(`/api/emails/${encodeURIComponent(email)}`, (answer) => rows(answer.email.dynamicContent).map(({tokenName}) => tokenName).filter(Boolean))
    : Promise.resolve([]);
  const [all, pages, assets, images, named] = await Promise.all([
    fields(path), lookUp('/api/pages?limit=200&minimal=1', (answer) => titled(answer.pages)),
    lookUp('/api/assets?limit=200&minimal=1', (answer) => titled(answer.assets)),
    lookUp('/api/files/images', (answer) => rows(answer.files).filter((name) => typeof name === 'string')
      .map((name) => ({name, url: `${location.origin}/media/images/${encodeURIComponent(name)}`}))),
    names,
  ]);
  return {fields: all, pages, assets, images, dynamic: named};
}

/** Uploads a picture and returns its address. */
export async function uploadPicture(file) {
  const form = new FormData();
  form.append('file', file);
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  const response = await fetch('/api/files/images/new', {
    method: 'POST', credentials: 'same-origin', headers: token ? {'X-CSRF-Token': token} : {}, body: form,
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.errors?.[0]?.message ?? response.statusText);
  return new URL(answer.file.link, location.origin).href;
}

/** Contacts that a search finds, as `{id, label}`. */
export async function findContacts(search, signal) {
  const answer = await api('GET', `/api/contacts?limit=8&search=${encodeURIComponent(search)}`, undefined, {signal});
  return rows(answer.contacts).map((contact) => {
    const all = contact.fields?.all ?? {};
    const name = [all.firstname, all.lastname].filter(Boolean).join(' ');
    return {id: contact.id, label: [name, all.email].filter(Boolean).join(' · ') || `#${contact.id}`};
  });
}

/** The e-mail as a contact would get it. */
export async function preview(draft, contact) {
  return (await api('POST', '/api/emails/preview', {...draft, contact})).preview;
}

/** Sends a test of the saved e-mail. */
export async function sendTest(email, to, contact) {
  return api('POST', `/api/emails/${encodeURIComponent(email)}/test`, {to, contact});
}

// The filters of a segment as they are edited: groups of rows that are never changed, only replaced, so that every earlier
// state can be returned to. A group is a run of filters joined by "and"; groups are joined by "or".

let last = 0;
const fresh = (kind) => `${kind}${++last}`;

/** Returns a row without a field. */
export const emptyRow = () => ({
  id: fresh('row'), field: '', object: 'lead', type: '', operator: '', value: null, display: null, extra: {},
});

function readRow(filter) {
  const properties = Array.isArray(filter.properties) ? {} : filter.properties ?? {};
  const isInside = 'filter' in properties;
  const {filter: inner, display, ...extra} = properties;
  return {
    id: fresh('row'), field: filter.field ?? '', object: filter.object ?? 'lead', type: filter.type ?? '',
    operator: filter.operator ?? '', value: (isInside ? inner : filter.filter) ?? null,
    display: display ?? (isInside ? null : filter.display ?? null), extra,
    // What nobody edits goes back as it came: stored filters that did not change are not checked again.
    source: filter,
  };
}

/**
 * Reads filters.
 *
 * @param {object[]} filters A list in the form of the contract.
 * @returns {{groups: {id: string, rows: object[]}[]}}
 */
export function readFilters(filters) {
  const groups = [];
  for (const filter of filters ?? []) {
    const isOr = String(filter.glue ?? 'and').toLowerCase() === 'or';
    if (groups.length === 0 || isOr) groups.push({id: fresh('group'), rows: []});
    groups.at(-1).rows.push(readRow(filter));
  }
  return {groups};
}

function writeRow(row, glue) {
  if (row.source) return {...row.source, glue};
  return {
    glue, field: row.field, object: row.object, type: row.type, operator: row.operator,
    properties: {...row.extra, filter: row.value, display: row.display},
  };
}

/**
 * Writes filters in the form of the contract.
 *
 * @param {object} state The filters.
 * @param {(row: object) => boolean} isWanted Whether a row is written.
 * @returns {{filters: object[], rows: string[]}} The filters, and the id of the row that each is of.
 */
export function writeFilters(state, isWanted = (row) => row.field !== '') {
  const filters = [];
  const rows = [];
  for (const group of state.groups) {
    const wanted = group.rows.filter(isWanted);
    for (const [place, row] of wanted.entries()) {
      filters.push(writeRow(row, place === 0 && filters.length > 0 ? 'or' : 'and'));
      rows.push(row.id);
    }
  }
  return {filters, rows};
}

/** Returns the place of a row: its group's and its own index; null if it is not there. */
export function placeOf(state, id) {
  for (const [group, {rows}] of state.groups.entries()) {
    const row = rows.findIndex((row) => row.id === id);
    if (row >= 0) return {group, row};
  }
  return null;
}

/** Returns a row, or undefined. */
export function rowOf(state, id) {
  const place = placeOf(state, id);
  return place ? state.groups[place.group].rows[place.row] : undefined;
}

const withRows = (state, index, rows) => ({
  groups: state.groups
    .map((group, place) => (place === index ? {...group, rows} : group))
    .filter((group) => group.rows.length > 0),
});

/** Returns the filters with other members of one row. */
export function changeRow(state, id, members) {
  const place = placeOf(state, id);
  if (!place) return state;
  const rows = [...state.groups[place.group].rows];
  const {source, ...row} = rows[place.row];
  rows[place.row] = {...row, ...members};
  return withRows(state, place.group, rows);
}

/** Returns the filters with a row at the end of a group, or in a new group. */
export function addRow(state, groupID = null, row = emptyRow()) {
  const index = state.groups.findIndex((group) => group.id === groupID);
  if (index < 0) return {groups: [...state.groups, {id: fresh('group'), rows: [row]}]};
  return withRows(state, index, [...state.groups[index].rows, row]);
}

/** Returns the filters without a row; a group without rows goes too. */
export function removeRow(state, id) {
  const place = placeOf(state, id);
  if (!place) return state;
  return withRows(state, place.group, state.groups[place.group].rows.filter((row) => row.id !== id));
}

/** Returns the filters with a copy of a row behind it, and the copy's id. */
export function duplicateRow(state, id) {
  const place = placeOf(state, id);
  const rows = [...state.groups[place.group].rows];
  const {source, ...row} = rows[place.row];
  const copy = {...row, id: fresh('row')};
  rows.splice(place.row + 1, 0, copy);
  return {state: withRows(state, place.group, rows), id: copy.id};
}

/** Returns the filters with a copy of a group behind it, and the first row's id. */
export function duplicateGroup(state, id) {
  const index = state.groups.findIndex((group) => group.id === id);
  const rows = state.groups[index].rows.map(({source, ...row}) => ({...row, id: fresh('row')}));
  const groups = [...state.groups];
  groups.splice(index + 1, 0, {id: fresh('group'), rows});
  return {state: {groups}, id: rows[0].id};
}

/** Returns the filters without a group. */
export function removeGroup(state, id) {
  return {groups: state.groups.filter((group) => group.id !== id)};
}

/**
 * Returns the filters with a row moved to a place in a group.
 *
 * @param {string} id The row.
 * @param {string|null} groupID The group; null for a new one at the end.
 * @param {number} index The place before which it stands, among the rows that are there now.
 */
export function moveRow(state, id, groupID, index) {
  const from = placeOf(state, id);
  if (!from) return state;
  const row = state.groups[from.group].rows[from.row];
  if (groupID === null) return addRow(removeRow(state, id), null, row);
  const target = state.groups.findIndex((group) => group.id === groupID);
  if (target < 0) return state;
  const at = target === from.group && index > from.row ? index - 1 : index;
  if (target === from.group && at === from.row) return state;
  const groups = state.groups.map((group) => ({...group, rows: group.rows.filter((other) => other.id !== id)}));
  groups[target].rows.splice(at, 0, row);
  return {groups: groups.filter((group) => group.rows.length > 0)};
}

/**
 * Returns the filters with a row one place up or down; at the end of a group it goes on into the next one, and at the
 * end of all into a group of its own.
 */
export function stepRow(state, id, step) {
  const {group, row} = placeOf(state, id);
  const {rows} = state.groups[group];
  const target = row + step;
  if (target >= 0 && target < rows.length) {
    return moveRow(state, id, state.groups[group].id, step > 0 ? row + 2 : row - 1);
  }
  const next = state.groups[group + step];
  if (next) return moveRow(state, id, next.id, step > 0 ? 0 : next.rows.length);
  if (rows.length === 1) return state;
  if (step > 0) return moveRow(state, id, null, 0);
  const moved = rows[row];
  return {groups: [{id: fresh('group'), rows: [moved]}, ...removeRow(state, id).groups]};
}

/**
 * Sorts the messages of an answer by row.
 *
 * @param {Object<string, string[]>} details The messages by member, such as `filters[2].operator`.
 * @param {string[]} rows The rows by the index of their filter.
 * @returns {{byRow: Map<string, {member: string, message: string}[]>, others: string[]}}
 */
export function problemsByRow(details, rows) {
  const byRow = new Map();
  const others = [];
  for (const [key, messages] of Object.entries(details ?? {})) {
    const found = /^filters\[(\d+)\](?:\.(.+))?$/.exec(key);
    const row = found ? rows[Number(found[1])] : undefined;
    if (!row) {
      others.push(...messages);
      continue;
    }
    const list = byRow.get(row) ?? [];
    for (const message of messages) list.push({member: found[2] ?? '', message});
    byRow.set(row, list);
  }
  return {byRow, others};
}

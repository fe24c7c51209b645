// The values of date filters: days, moments, named ranges, offsets and anniversaries, as the contract writes them.

export const RANGES = [
  'today', 'yesterday', 'tomorrow', 'this week', 'last week', 'next week', 'this month', 'last month', 'next month',
  'this year', 'last year', 'next year',
];

const ABSOLUTE = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2})(?::\d{2})?)?$/;
const OFFSET = /^([+-])?\s*(\d{1,6})\s+(day|week|month|year)s?(\s+ago)?$/;
const ANNIVERSARY = /^(?:birthday|anniversary)(?:\s+(.+))?$/;

/** Reads an offset such as `-3 days` or `3 days ago`; null if it is none. */
function readOffset(text) {
  const found = OFFSET.exec(text);
  if (!found) return null;
  const [, sign, number, unit, ago] = found;
  // "-3 days ago" is nothing a person means; it is shown as it is.
  if (ago && sign) return null;
  return {number: Number(number), unit, past: sign === '-' || Boolean(ago)};
}

/**
 * Reads a value.
 *
 * @param {*} value The filter's value.
 * @returns {{mode: string}} `absolute` with `day` and `time`, `range` with `name`, `offset` with `number`, `unit` and
 *   `past`, `anniversary` with the same members or without an offset, `other` with `text`.
 */
export function readDate(value) {
  const text = value === null || value === undefined ? '' : String(value).trim();
  if (text === '') return {mode: 'absolute', day: '', time: ''};
  const absolute = ABSOLUTE.exec(text);
  if (absolute) return {mode: 'absolute', day: absolute[1], time: absolute[2] ?? ''};
  if (RANGES.includes(text)) return {mode: 'range', name: text};
  const offset = readOffset(text);
  if (offset) return {mode: 'offset', ...offset};
  const anniversary = ANNIVERSARY.exec(text);
  if (anniversary) {
    const inner = anniversary[1] ? readOffset(anniversary[1]) : {number: 0, unit: 'day', past: false};
    if (inner) return {mode: 'anniversary', ...inner};
  }
  return {mode: 'other', text};
}

function writeOffset({number, unit, past}) {
  return `${past ? '-' : '+'}${number} ${unit}${number === 1 ? '' : 's'}`;
}

/**
 * Writes a value in the contract's form; an empty text for one that is not finished.
 *
 * @param {{mode: string}} date What {@link readDate} returns.
 */
export function writeDate(date) {
  switch (date.mode) {
    case 'absolute':
      if (!date.day) return '';
      return date.time ? `${date.day} ${date.time}` : date.day;
    case 'range':
      return date.name;
    case 'offset':
      return Number.isInteger(date.number) && date.number >= 0 ? writeOffset(date) : '';
    case 'anniversary':
      if (!Number.isInteger(date.number) || date.number < 0) return '';
      return date.number === 0 ? 'anniversary' : `anniversary ${writeOffset(date)}`;
    default:
      return date.text.trim();
  }
}

/** The value with which a mode begins. */
export function startingDate(mode, old = {}) {
  const {number = 7, unit = 'day', past = true} = old;
  switch (mode) {
    case 'range':
      return {mode, name: 'today'};
    case 'offset':
      return {mode, number: number || 7, unit, past};
    case 'anniversary':
      return {mode, number: 0, unit: 'day', past: false};
    case 'other':
      return {mode, text: ''};
    default:
      return {mode: 'absolute', day: '', time: ''};
  }
}

// Dates as inputs of the browser show them, in the reader's zone.

/** Returns the value of a date input for an instant. */
export function localInput(text) {
  const date = new Date(text ?? NaN);
  if (Number.isNaN(date.getTime())) return '';
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

/** Returns the instant of a date input's value; null for an empty one. */
export function fromLocalInput(value) {
  const date = new Date(value || NaN);
  return Number.isNaN(date.getTime()) ? null : date.toISOString().replace(/\.\d+Z$/, '+00:00');
}

/** The name of the reader's zone. */
export function localZone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

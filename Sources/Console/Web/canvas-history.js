// Undo and redo as plain data: what was, what is, and what was undone.

const limit = 200;

/** Returns a history that begins with a state. */
export function begin(present) {
  return {past: [], present, future: [], key: null};
}

/**
 * Adds a state. Successive ones with the same key count as one step: the letters of a name, the pixels of a drag.
 *
 * @param {?string} key Identifies what is being changed.
 */
export function push(history, present, key = null) {
  if (present === history.present) return history;
  if (key !== null && key === history.key) return {...history, present, future: []};
  return {past: [...history.past, history.present].slice(-limit), present, future: [], key};
}

/** Ends a run of states that count as one step. */
export function seal(history) {
  return history.key === null ? history : {...history, key: null};
}

export function canUndo(history) {
  return history.past.length > 0;
}

export function canRedo(history) {
  return history.future.length > 0;
}

export function undo(history) {
  if (!canUndo(history)) return history;
  return {
    past: history.past.slice(0, -1), present: history.past.at(-1),
    future: [history.present, ...history.future], key: null,
  };
}

export function redo(history) {
  if (!canRedo(history)) return history;
  return {
    past: [...history.past, history.present], present: history.future[0],
    future: history.future.slice(1), key: null,
  };
}

/** Changes all states, as a save does that gives numbers to events. */
export function mapStates(history, change) {
  return {
    past: history.past.map(change), present: change(history.present), future: history.future.map(change), key: null,
  };
}

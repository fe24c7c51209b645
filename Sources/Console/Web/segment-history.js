// What was done, to be undone and done again.

const LIMIT = 200;

/** The states of an editor. */
export class History {
  #past = [];
  #future = [];
  #key = null;

  /** @param {*} state The first state. */
  constructor(state) {
    this.state = state;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /**
   * Keeps a new state.
   *
   * @param {*} state The state.
   * @param {string|null} key Changes with the same key in a row, such as letters typed into one input, are one step.
   * @returns {boolean} Whether it differs from the current one.
   */
  push(state, key = null) {
    if (state === this.state) return false;
    if (key === null || key !== this.#key) {
      this.#past.push(this.state);
      if (this.#past.length > LIMIT) this.#past.shift();
    }
    this.#future = [];
    this.#key = key;
    this.state = state;
    return true;
  }

  /** Ends a row of changes with the same key. */
  pause() {
    this.#key = null;
  }

  undo() {
    return this.#step(this.#past, this.#future);
  }

  redo() {
    return this.#step(this.#future, this.#past);
  }

  #step(from, to) {
    if (from.length === 0) return false;
    to.push(this.state);
    this.state = from.pop();
    this.#key = null;
    return true;
  }
}

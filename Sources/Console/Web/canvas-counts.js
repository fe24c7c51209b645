// Who waits where: asked for now and then, unless the page is told by the server.

import {api} from './api.js';

const pause = 15_000;

/** Asks for the counts of a campaign while its page is seen. */
export class CountPoll {
  #timer = null;
  #told = -Infinity;
  #id;
  #onCounts;

  /** @param {(counts: Object<string, object>) => void} onCounts Is called with counts by event. */
  constructor(id, onCounts) {
    [this.#id, this.#onCounts] = [id, onCounts];
  }

  start() {
    this.stop();
    this.#ask();
    this.#timer = setInterval(() => this.#ask(), pause);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Notes that the page itself has brought counts; asking is not needed for a while. */
  told() {
    this.#told = performance.now();
  }

  async #ask() {
    const id = this.#id();
    if (!id || document.hidden || performance.now() - this.#told < 4 * pause) return;
    try {
      const {stats} = await api('GET', `/api/campaigns/${encodeURIComponent(id)}/stats`);
      const counts = {};
      for (const event of stats.events) {
        counts[event.id] = {waiting: event.scheduled, done: event.executed, failed: event.failed};
      }
      this.#onCounts(counts);
    } catch {
      // The next time will do; what is shown stays.
    }
  }
}

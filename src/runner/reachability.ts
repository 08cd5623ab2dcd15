import { nowMicros } from '../base/clock.js';

/** What tells whether a server answers. */
export interface Contact {
  /** Calls that it answered. */
  readonly answered: number;
  /** Attempts that were made again because a connection was lost or refused. */
  readonly lost: number;
}

/** Notices when a server is not to be reached: connections are lost or refused, and no call is answered. */
export class Reachability {
  #before: Contact = { answered: 0, lost: 0 };
  #sinceMicros: number | null = null;

  /** Since when it is not to be reached, as far as `note` was told; null where it is. */
  get unreachableSinceMicros(): number | null {
    return this.#sinceMicros;
  }

  /** @param now the load so far; to be told several times a second */
  note(now: Contact): void {
    if (now.answered > this.#before.answered) this.#sinceMicros = null;
    else if (now.lost > this.#before.lost) this.#sinceMicros ??= nowMicros();
    this.#before = now;
  }
}

import type { WriteStream } from 'node:tty';
import { createLogUpdate } from 'log-update';

/** A few lines at the end of a terminal that are drawn again and again; the cursor is hidden meanwhile. */
export class Region {
  readonly #stream: WriteStream;
  readonly #update: ReturnType<typeof createLogUpdate>;
  readonly #onResize = () => this.#update.clear();
  #isDrawn = false;

  constructor(stream: WriteStream) {
    this.#stream = stream;
    this.#update = createLogUpdate(stream);
  }

  draw(lines: readonly string[]): void {
    if (!this.#isDrawn) this.#stream.on('resize', this.#onResize);
    this.#isDrawn = true;
    this.#update(lines.join('\n'));
  }

  /** Takes the region away and shows the cursor again. */
  clear(): void {
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    this.#stream.off('resize', this.#onResize);
    this.#update.clear();
    this.#update.done();
  }
}

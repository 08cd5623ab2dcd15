import { clearScreenDown, moveCursor } from 'node:readline';
import type { WriteStream } from 'node:tty';
import { createLogUpdate } from 'log-update';
import stringWidth from 'string-width';

/** The size of a terminal that says it has none. */
const COLUMNS = 80;
const ROWS = 24;

/** A few lines at the end of a terminal that are drawn again and again; the cursor is hidden meanwhile. */
export class Region {
  readonly #stream: WriteStream;
  readonly #update: ReturnType<typeof createLogUpdate>;
  readonly #onResize = () => this.#erase();
  #lines: readonly string[] = [];
  /** Columns of the terminal when the lines were drawn. */
  #columns = 0;

  constructor(stream: WriteStream) {
    this.#stream = stream;
    this.#update = createLogUpdate(withSize(stream));
  }

  draw(lines: readonly string[]): void {
    if (this.#columns === 0) this.#stream.on('resize', this.#onResize);
    this.#lines = lines;
    this.#columns = columnsOf(this.#stream);
    this.#update(lines.join('\n'));
  }

  /** Takes the region away and shows the cursor again. */
  clear(): void {
    if (this.#columns === 0) return;
    this.#stream.off('resize', this.#onResize);
    this.#erase();
    this.#update.done();
    this.#columns = 0;
  }

  /** A terminal that became narrower has broken the lines anew: they take more rows than were drawn. */
  #erase(): void {
    const added = addedRows(this.#lines, this.#columns, columnsOf(this.#stream));
    this.#update.clear();
    this.#lines = [];
    if (added === 0) return;
    moveCursor(this.#stream, 0, -added);
    clearScreenDown(this.#stream);
  }
}

/** Some systems of CI give a terminal without a size. */
function columnsOf({ columns }: WriteStream): number {
  return columns || COLUMNS;
}

/** A stream to write to that always has a size. */
function withSize(stream: WriteStream): NodeJS.WritableStream {
  const sized: Pick<WriteStream, 'columns' | 'rows' | 'write'> = {
    get columns() {
      return columnsOf(stream);
    },
    get rows() {
      return stream.rows || ROWS;
    },
    write: stream.write.bind(stream),
  };
  return sized as WriteStream;
}

/** How many rows lines that were drawn at one width take more at another, narrower one. */
function addedRows(lines: readonly string[], drawnColumns: number, columns: number): number {
  if (columns >= drawnColumns) return 0;
  const rows = lines.flatMap((line) => brokenAt(stringWidth(line), drawnColumns));
  return rows.reduce((sum, length) => sum + Math.max(1, Math.ceil(length / columns)) - 1, 0);
}

/** The lengths of the rows that a line of a length fills. */
function brokenAt(length: number, columns: number): number[] {
  const full = Array.from({ length: Math.floor(length / columns) }, () => columns);
  return length % columns === 0 ? full : [...full, length % columns];
}

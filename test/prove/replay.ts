import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** One piece of a printed script. */
export interface Piece {
  readonly title: string;
  /** The window it is to be run in, from 1. */
  readonly window: number;
  readonly sql: string;
  /** The step that lets it go, when the script says that it waits. */
  readonly waitsForStep: number | undefined;
}

/** Reads a printed script, up to the removal of its rows. */
export function readScript(text: string): Piece[] {
  const script = text.slice(text.indexOf('-- window S1'), text.indexOf('-- end of the script'));
  return script.split(/^(?=-- (?:step \d+, )?window S\d+)/m).map((piece) => {
    const [title = '', ...lines] = piece.split('\n');
    const waits = /-- waits here until step (\d+)/.exec(piece)?.[1];
    return {
      title,
      window: Number(/window S(\d+)/.exec(title)?.[1]),
      sql: lines.join('\n'),
      waitsForStep: waits === undefined ? undefined : Number(waits),
    };
  });
}

/** Windows of plain sessions that run what is pasted into them, statement by statement, as psql does. */
export class Windows {
  readonly #clients = new Map<number, pg.Client>();
  readonly #underWay: Promise<void>[] = [];

  constructor(private readonly databaseUrl: string) {}

  /** Runs a piece; does not stay for one that waits. */
  async run({ window, sql, waitsForStep }: Piece): Promise<void> {
    const client = await this.#window(window);
    const done = paste(client, sql);
    if (waitsForStep === undefined) return done;
    this.#underWay.push(done);
    await sleep(100);
  }

  async close(): Promise<void> {
    await Promise.all(this.#underWay);
    for (const client of this.#clients.values()) await client.end();
  }

  async #window(number: number): Promise<pg.Client> {
    const known = this.#clients.get(number);
    if (known) return known;
    const client = new pg.Client({ connectionString: this.databaseUrl });
    await client.connect();
    this.#clients.set(number, client);
    return client;
  }
}

/** An error does not stop psql. */
async function paste(client: pg.Client, sql: string): Promise<void> {
  const statements = sql.replace(/^--.*$/gm, '').split(/;$/m);
  for (const statement of statements.filter((text) => text.trim() !== '')) {
    await client.query(statement).catch(() => undefined);
  }
}

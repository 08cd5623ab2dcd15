import { expect } from 'vitest';
import { runHosted } from '../support/hosted-command.js';
import { failureOf, linesOf } from './document.js';
import { fingerprint, type OwnDatabase } from './own-database.js';

/** Arguments that must be refused before anything is done. */
export interface BadInput {
  readonly name: string;
  /** A command and its arguments. */
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  /** What the one line must say. */
  readonly says: readonly string[];
  /** What no output may contain. */
  readonly hides?: readonly string[];
  /** The schema of `--schema`; undefined where both a ready and a missing one are tried. */
  readonly schema?: string;
  /** Whether the command knows `--schema`. */
  readonly withoutSchema?: boolean;
  /** The gate and the column that the two lines below the message show, for a mistake in a gate. */
  readonly points?: readonly [gate: string, column: number];
  /** Whether it is tried only as text, or only with `--json`; both by default. */
  readonly only?: 'text' | 'json';
}

/** A database that holds things before the bad input comes. */
export interface Untouched {
  readonly database: OwnDatabase;
  /** The fingerprint that must stay. */
  readonly before: readonly string[];
  /** A schema that nobody has created. */
  readonly missingSchema: string;
}

/** Expects exit code 2, one line on stderr, nothing on stdout or one JSON document, and the database untouched. */
export async function expectRefused(input: BadInput, untouched: Untouched): Promise<void> {
  if (input.only !== 'json') await expectRefusedAsText(input, untouched);
  if (input.only !== 'text') await expectRefusedAsJson(input, untouched);
  expect(await fingerprint(untouched.database)).toEqual(untouched.before);
}

async function expectRefusedAsText(input: BadInput, { database }: Untouched): Promise<void> {
  const finished = await runWith(input, database, input.schema ?? database.schema);
  expectOneLine(finished, input);
  expect(finished.stdout).toBe('');
}

async function expectRefusedAsJson(input: BadInput, { database, missingSchema }: Untouched): Promise<void> {
  const json = { ...input, args: [...input.args, '--json'] };
  const finished = await runWith(json, database, input.schema ?? missingSchema);
  expectOneLine(finished, input);
  const { message } = failureOf(finished);
  expect(finished.stderr).toContain(message.replace(/\s+/g, ' '));
  for (const secret of input.hides ?? []) expect(finished.stdout).not.toContain(secret);
}

function runWith({ args, env, withoutSchema }: BadInput, database: OwnDatabase, schema: string) {
  const all = withoutSchema ? args : database.withSchema(args, schema);
  return runHosted(all, { DATABASE_URL: database.url, ...env });
}

function expectOneLine({ code, stderr }: { code: number | null; stderr: string }, input: BadInput): void {
  const { says, points, hides = [] } = input;
  const [message = '', ...below] = linesOf(stderr);
  const caret = points && [`  ${points[0]}`, `${' '.repeat(points[1] + 1)}^`];
  expect({ code, below }).toEqual({ code: 2, below: caret ?? [] });
  expect(stderr).toBe([message, ...below, ''].join('\n'));
  for (const words of says) expect(stderr).toContain(words);
  for (const secret of hides) expect(stderr).not.toContain(secret);
}

import type { Database } from '../app/database.js';
import { countAbandoned } from '../app/held-runs.js';
import { quote } from '../base/wording.js';
import { printLine } from './console.js';
import type { OutputFlags } from './options.js';

/** Says on stderr, in one line and unless `--quiet`, how many abandoned runs a schema holds, where it holds any. */
export async function tellAbandoned(database: Database, { quiet }: OutputFlags = {}): Promise<void> {
  if (quiet) return;
  const count = await countAbandoned(database);
  if (count === 0) return;
  const what = count === 1 ? '1 abandoned run is' : `${count} abandoned runs are`;
  const remedy = 'els-assign runs lists them, els-assign clean --abandoned removes them';
  printLine(`${what} in schema ${quote(database.schema)}: ${remedy}`);
}

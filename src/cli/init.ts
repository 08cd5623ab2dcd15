import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Argument, type Command } from 'commander';
import { packageFile } from '../base/package-files.js';
import { isMissing, reasonOf } from '../base/system-error.js';
import { escapeInvisible, quote } from '../base/wording.js';
import { UsageError } from '../domain/errors.js';
import { printResult } from './console.js';

/** What is written for each kind of target, and which of it `--strategy` takes. */
const EXAMPLES = {
  module: { folder: packageFile('docs/examples/seats/'), target: 'seats.target.ts' },
  sql: { folder: packageFile('docs/examples/vouchers/'), target: 'vouchers.target.json' },
} as const;

type Kind = keyof typeof EXAMPLES;

const HELP = `
module: TypeScript that books seats of events. sql: SQL files that hand out vouchers of campaigns. Both pass as they are
written; docs/targets.md says how they become yours.

Examples:
  els-assign init module
  els-assign init sql vouchers`;

/** `els-assign init module|sql [folder]` */
export function addInit(program: Command): void {
  program
    .command('init')
    .description('write a small target with its schema that passes, to start your own from')
    .addArgument(
      new Argument('<kind>', 'what a call is: code, or a statement').choices(Object.keys(EXAMPLES)),
    )
    .argument('[folder]', 'where; made when it is missing', '.')
    .addHelpText('after', HELP)
    .action(runInit);
}

async function runInit(kind: Kind, folder: string): Promise<void> {
  const { folder: source, target } = EXAMPLES[kind];
  const files = await filesBelow(fileURLToPath(source));
  for (const file of files) await requireAbsent(join(folder, file));
  for (const file of files) await copy(new URL(file, source), join(folder, file));
  const written = files.map((file) => `${escapeInvisible(join(folder, file))}\n`);
  await printResult(`${written.join('')}\nnext: ${nextCommand(join(folder, target))}\n`);
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return paths.map((path) => path.slice(folder.length)).sort();
}

/** @throws UsageError `file_exists`, or `unwritable_folder` where it cannot be told */
async function requireAbsent(path: string): Promise<void> {
  try {
    await stat(path);
  } catch (error) {
    if (isMissing(error)) return;
    throw unwritable(path, error);
  }
  throw new UsageError('file_exists', `${quote(path)} is there already; accepted: a folder without it`);
}

/** Also what has come into being meanwhile stays as it is. */
async function copy(from: URL, to: string): Promise<void> {
  const text = await readFile(from);
  try {
    await mkdir(dirname(to), { recursive: true });
    await writeFile(to, text, { flag: 'wx' });
  } catch (error) {
    throw unwritable(to, error);
  }
}

function unwritable(path: string, error: unknown): UsageError {
  const message = `cannot write ${quote(path)}: ${reasonOf(error)}`;
  return new UsageError('unwritable_folder', message, { cause: error });
}

/** As a shell takes it. */
function nextCommand(target: string): string {
  const path = isAbsolute(target) || target.startsWith('..') ? target : `./${target}`;
  const word = /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
  return `npx els-assign run --strategy ${word} --scenario overflow`;
}

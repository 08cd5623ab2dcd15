import type { Command } from 'commander';
import { withDatabase } from '../app/database.js';
import { setupScript, setUp, TABLES, type SetupOutcome } from '../app/setup.js';
import { escapeInvisible } from '../domain/wording.js';
import { printResult } from './console.js';
import { addConnectionOptions, type ConnectionFlags } from './options.js';

interface SetupFlags extends ConnectionFlags {
  readonly reset?: boolean;
  readonly printSql?: boolean;
}

const SAID: Readonly<Record<SetupOutcome, string>> = {
  created: 'created',
  kept: 'was set up already; nothing changed',
  reset: 'was emptied and created anew',
};

/** `els-assign setup` */
export function addSetup(program: Command): void {
  addConnectionOptions(program.command('setup'))
    .description('create the schema: enum, tables and indexes; harmless where they exist')
    .option('--reset', "drop the tool's own tables first; everything in them is lost")
    .option('--print-sql', 'print the SQL instead of running it')
    .addHelpText(
      'after',
      '\nExamples:\n  els-assign setup\n  els-assign setup --schema trial --print-sql | psql',
    )
    .action(runSetup);
}

async function runSetup(flags: SetupFlags): Promise<void> {
  if (flags.printSql) return printResult(setupScript(flags.schema));
  await withDatabase({ ...flags, env: process.env }, async (database) => {
    const outcome = await setUp(database, { reset: flags.reset ?? false });
    const where = `schema ${escapeInvisible(database.schema)} (${database.target.source})`;
    await printResult(`${where} ${SAID[outcome]}: tables ${TABLES.join(', ')}\n`);
  });
}

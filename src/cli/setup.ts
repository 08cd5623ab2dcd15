import { Option, type Command } from 'commander';
import { withDatabase } from '../app/database.js';
import { leftError, setupScript, setUp, TABLES, type SetupOutcome } from '../app/setup.js';
import { escapeInvisible } from '../base/wording.js';
import { tellAbandoned } from './abandoned-notice.js';
import { printResult } from './console.js';
import { addConnectionOptions, collect, type ConnectionFlags } from './options.js';

interface SetupFlags extends ConnectionFlags {
  readonly reset?: boolean;
  readonly printSql?: boolean;
  readonly grant?: readonly string[];
  readonly grantRead?: readonly string[];
}

const SAID: Readonly<Record<SetupOutcome, string>> = {
  created: 'created',
  mended: 'was mended',
  kept: 'was set up already; nothing changed',
  reset: 'was emptied and created anew',
};

/** `els-assign setup` */
export function addSetup(program: Command): void {
  addConnectionOptions(program.command('setup'))
    .description(
      'create the schema: enum, tables and indexes; mends what is missing, harmless where all is there',
    )
    .option('--reset', "drop the tool's own tables first; everything in them is lost")
    .option('--grant <role>', 'let a role run loads, and print what was granted; may be given again', collect)
    .option('--grant-read <role>', 'let a role verify and ask for the status; may be given again', collect)
    .addOption(
      new Option('--print-sql', 'print the SQL instead of running it').conflicts(['grant', 'grantRead']),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  els-assign setup\n  els-assign setup --grant loader --grant-read auditor\n  els-assign setup --schema trial --print-sql | psql',
    )
    .action(runSetup);
}

async function runSetup(flags: SetupFlags): Promise<void> {
  if (flags.printSql) return printResult(setupScript(flags.schema));
  await withDatabase({ ...flags, env: process.env }, async (database) => {
    const { grant: runners, grantRead: readers, reset = false } = flags;
    const { outcome, mending, grants } = await setUp(database, { reset, runners, readers });
    const where = `schema ${escapeInvisible(database.schema)} (${database.address.source})`;
    const granted = grants.map((statement) => `${statement};\n`);
    await tellAbandoned(database);
    const mended = mending.mended.map((line) => `  ${escapeInvisible(line)}\n`);
    const said = `${where} ${SAID[outcome]}: tables ${TABLES.join(', ')}\n`;
    await printResult([said, ...mended, ...granted].join(''));
    if (mending.left.length > 0) throw leftError(database.schema, mending.left);
  });
}

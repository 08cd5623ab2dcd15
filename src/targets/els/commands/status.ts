import type { Command } from 'commander';
import { withDatabase } from '../../../app/database.js';
import { readStatus, type BatchStatus } from './read-status.js';
import { renderStatus } from './status-text.js';
import { tellAbandoned } from '../../../cli/abandoned-notice.js';
import { printLine, printResult } from '../../../cli/console.js';
import { addConnectionOptions, type ConnectionFlags } from '../../../cli/options.js';

interface StatusFlags extends ConnectionFlags {
  readonly repair?: boolean;
  readonly json?: boolean;
}

/** `els-assign status <batch>` */
export function addStatus(program: Command): void {
  addConnectionOptions(program.command('status').argument('<batch>', 'id of the batch'))
    .description('show where a batch stands: expected, ready, available, completed')
    .option('--repair', 'complete the batch if it is full and its last caller died before it looked')
    .option('--json', 'print one JSON document instead of text')
    .addHelpText(
      'after',
      '\nExample:\n  els-assign run --keep && els-assign status <a batch that the run names>',
    )
    .action(runStatus);
}

async function runStatus(batchId: string, flags: StatusFlags): Promise<void> {
  await withDatabase({ ...flags, env: process.env }, async (database) => {
    const { status, repaired } = await readStatus(database, batchId, { repair: flags.repair ?? false });
    await tellAbandoned(database);
    if (flags.repair) printLine(repaired ? 'repaired: 1 batch completed' : 'repaired: nothing');
    await printResult(flags.json ? toJson(status, repaired) : renderStatus(status));
  });
}

function toJson(status: BatchStatus, repaired: boolean): string {
  return `${JSON.stringify({ ...status, repaired }, null, 2)}\n`;
}

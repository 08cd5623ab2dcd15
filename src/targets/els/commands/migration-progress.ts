import { escapeInvisible } from '../../../base/wording.js';
import type { MigrationControl } from '../migrate/migration.js';
import { formatCount, plural } from '../../../report/format.js';
import { printLine } from '../../../cli/console.js';
import type { OutputFlags } from '../../../cli/options.js';

/** A line for so many batches that are done. */
const LINE_EVERY_BATCHES = 100;

/** Lines on stderr for migrations that take long, unless `--quiet`. */
export function migrationProgress({ quiet }: OutputFlags): Pick<MigrationControl, 'onCopied' | 'onBatch'> {
  if (quiet) return {};
  let batches = 0;
  return {
    onCopied: (batchId, rows) => printLine(`${escapeInvisible(batchId)}: ${plural(rows, 'row')} copied`),
    onBatch: () => {
      batches += 1;
      if (batches % LINE_EVERY_BATCHES === 0) printLine(`${formatCount(batches)} batches done`);
    },
  };
}

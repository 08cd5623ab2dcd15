import type { Target } from '../target/target.js';
import { escapeInvisible } from '../base/wording.js';
import { printLine } from './console.js';
import type { OutputFlags } from './options.js';

/** Says on stderr, once for each file of the user's and unless `--quiet`, with whose rights it runs. */
export function tellRights(targets: readonly Target[], { quiet }: OutputFlags): void {
  if (quiet) return;
  for (const { file } of targets) {
    if (file !== undefined) {
      printLine(`${escapeInvisible(file)} runs with all rights of the role that you connect as`);
    }
  }
}

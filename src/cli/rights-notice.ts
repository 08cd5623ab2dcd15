import type { StrategySpec } from '../targets/els/strategies.js';
import { escapeInvisible } from '../base/wording.js';
import { printLine } from './console.js';
import type { OutputFlags } from './options.js';

/** Says on stderr, once for each custom strategy and unless `--quiet`, with whose rights it runs. */
export function tellRights(strategies: readonly StrategySpec[], { quiet }: OutputFlags): void {
  if (quiet) return;
  for (const { kind, name } of strategies) {
    if (kind === 'custom') {
      printLine(`${escapeInvisible(name)} runs with all rights of the role that you connect as`);
    }
  }
}

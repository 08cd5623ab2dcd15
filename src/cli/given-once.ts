import type { Command } from 'commander';
import { UsageError } from '../domain/errors.js';

/** The options that may be given again: each value is added to the earlier ones. */
const REPEATABLE = ['scenario', 'gate', 'fault', 'grant', 'grantRead'];

/** Makes a command refuse a value that a later one would replace in silence. */
export function refuseSecondValues(command: Command): void {
  for (const option of command.options) {
    if (!option.required || REPEATABLE.includes(option.attributeName())) continue;
    let given = 0;
    command.on(`option:${option.name()}`, () => {
      given += 1;
      if (given > 1) throw new UsageError('given_twice', `${option.long} is given twice; accepted: once`);
    });
  }
}

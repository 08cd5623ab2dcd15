import { Option, type Command } from 'commander';
import { COUNT_LIMITS, parseStages } from '../app/scenarios.js';
import { UsageError } from '../domain/errors.js';
import { SPACINGS, type Spacing } from '../domain/scenario.js';
import { quote } from '../domain/wording.js';
import { parseCount, parseDurationOf } from './flag-values.js';

/** What makes an open loop of a scenario. */
export function addOpenLoopOptions(command: Command): Command {
  return command
    .option(
      '--rate <n>',
      "calls per second of all workers together, whatever the answers take, e.g. 500 (default: none, the scenario's arrival)",
      parseCount('--rate', COUNT_LIMITS.rate),
    )
    .addOption(
      new Option('--spacing <kind>', 'gaps between the calls of an open loop (default: poisson)')
        .choices(SPACINGS)
        .argParser(parseSpacing),
    )
    .option(
      '--stages <rate:time,...>',
      'ramps of an open loop from --rate on, e.g. 1000:5s,2000:0s,2000:5s; 0s is a jump (default: none)',
      parseStages,
    )
    .option(
      '--latency-limit <time>',
      'count calls of an open loop that end later as late, skip those that could only start later, e.g. 100ms (default: none)',
      parseDurationOf('--latency-limit', 'invalid_latency_limit'),
    );
}

function parseSpacing(text: string): Spacing {
  const spacing = SPACINGS.find((known) => known === text);
  if (spacing !== undefined) return spacing;
  throw new UsageError('invalid_spacing', `--spacing is ${quote(text)}; accepted: ${SPACINGS.join(', ')}`);
}

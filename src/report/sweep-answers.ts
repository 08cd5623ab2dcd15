import type { RunResult } from '../domain/run-result.js';
import { KNEE_SHARE, type Sweep, type SweepStep } from '../domain/sweep.js';
import { validSteps } from '../domain/rows.js';
import { formatNumber } from './format.js';

/** What a sweep answers, each with its label. */
export function sweepAnswers(sweep: Sweep, runs: readonly RunResult[]): [label: string, text: string][] {
  return [
    ['knee', kneeText(sweep, runs)],
    ['tool', bottleneckOf(sweep)],
  ];
}

/** Where the knee is, how that is meant, and whether it is the server's. */
export function kneeText(sweep: Sweep, runs: readonly RunResult[]): string {
  const { parameter, steps, knee } = sweep;
  const valid = validSteps(steps, runs);
  const text = parameter === 'rate' ? capacityText(sweep, valid) : throughputKneeText(sweep, valid);
  const limited =
    knee !== null && steps.some(({ value, clientSaturated }) => value >= knee && clientSaturated === true);
  return limited
    ? `${text}, but the load generator was the bottleneck there or beyond: the server may do more`
    : text;
}

const SHARE = Math.round(KNEE_SHARE * 100);
const ACHIEVED = `at least ${SHARE} % of the calls due each second were made, and none was skipped`;

function capacityText({ knee }: Sweep, valid: readonly SweepStep[]): string {
  const [first, last] = [valid[0], valid.at(-1)];
  if (first === undefined || last === undefined) return 'none: no step is valid';
  if (knee !== null) return `rate ${knee}: the last that was achieved (${ACHIEVED})`;
  return last.achieved
    ? `none up to rate ${last.value}: the server kept up (${ACHIEVED})`
    : `none: no rate was achieved, from ${first.value} on (achieved: ${ACHIEVED})`;
}

function throughputKneeText({ parameter, knee }: Sweep, valid: readonly SweepStep[]): string {
  const percent = 100 - SHARE;
  if (valid.length < 2) return 'none: it takes two valid steps';
  if (knee === null) {
    return `none up to ${parameter} ${valid.at(-1)?.value}: the throughput still rose there, by more than ${percent} %`;
  }
  const best = valid.reduce((most, step) =>
    step.throughputPerSecond > most.throughputPerSecond ? step : most,
  );
  const rule = `the smallest within ${percent} % of the best throughput`;
  return `${parameter} ${knee}: ${rule} (${formatNumber(best.throughputPerSecond)}/s at ${best.value})`;
}

/** Where the load generator began or ceased to be the bottleneck. Steps that do not tell count as neither. */
export function bottleneckOf({
  parameter,
  steps,
  clientSaturatedFrom,
  clientUnsaturatedFrom,
}: Sweep): string {
  const subject = 'the load generator was';
  const told = steps.filter(({ clientSaturated }) => clientSaturated !== null);
  const known = told.length < steps.length ? ' where that was measured' : '';
  const changed = new Set(told.map(({ clientSaturated }) => clientSaturated)).size > 1;
  if (clientSaturatedFrom !== null) {
    const where = changed ? `from ${parameter} ${clientSaturatedFrom} on` : `at every step${known}`;
    return `${subject} the bottleneck ${where}: the server may do more there`;
  }
  if (clientUnsaturatedFrom === null) return `whether ${subject} the bottleneck was not measured`;
  return changed
    ? `${subject} no longer the bottleneck from ${parameter} ${clientUnsaturatedFrom} on`
    : `${subject} the bottleneck at no step${known}`;
}

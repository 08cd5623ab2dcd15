import type { RunResult } from '../domain/run-result.js';
import { KNEE_SHARE, type Sweep } from '../domain/sweep.js';
import { formatNumber } from './format.js';

/** What a sweep answers, each with its label. */
export function sweepAnswers(sweep: Sweep, runs: readonly RunResult[]): [label: string, text: string][] {
  return [
    ['knee', kneeText(sweep, runs)],
    ['tool', bottleneckOf(sweep)],
  ];
}

/** Where the knee is, how that is meant, and whether it is the server's. */
export function kneeText({ parameter, steps, knee }: Sweep, runs: readonly RunResult[]): string {
  const percent = Math.round((1 - KNEE_SHARE) * 100);
  const valid = steps.filter((_, position) => runs[position]?.verdict === 'valid');
  if (valid.length < 2) return 'none: it takes two valid steps';
  if (knee === null) {
    return `none up to ${parameter} ${valid.at(-1)?.value}: the throughput still rose there, by more than ${percent} %`;
  }
  const best = valid.reduce((most, step) =>
    step.throughputPerSecond > most.throughputPerSecond ? step : most,
  );
  const rule = `the smallest within ${percent} % of the best throughput`;
  const text = `${parameter} ${knee}: ${rule} (${formatNumber(best.throughputPerSecond)}/s at ${best.value})`;
  const limited = steps.some(({ value, clientSaturated }) => value >= knee && clientSaturated === true);
  return limited
    ? `${text}, but the load generator was the bottleneck there or beyond: the server may do more`
    : text;
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

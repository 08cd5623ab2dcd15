import { quote } from '../base/wording.js';
import { UsageError } from '../domain/errors.js';
import type { Stage } from '../domain/load.js';
import { DURATION_ACCEPTED, durationMillis } from './duration.js';

/** Calls per second; more than a machine puts on a server. */
export const MAX_RATE = 1_000_000;
export const MAX_STAGES = 100;

/** What a scenario file's stage accepts, for messages. */
export const STAGE_DURATION_ACCEPTED = `${DURATION_ACCEPTED}, or 0s for a jump`;
export const STAGES_ACCEPTED = `a list of 1 to ${MAX_STAGES} stages`;

/** The whole milliseconds of a stage's length; undefined where the text is none. */
export function stageMillis(text: string): number | undefined {
  return /^0(ms|s|m)?$/.test(text) ? 0 : durationMillis(text);
}

/**
 * Reads the value of `--stages`: `1000:5s,2000:0s,2000:5s`.
 *
 * @throws UsageError `invalid_stages`
 */
export function parseStages(text: string): Stage[] {
  const stages = text
    .split(',')
    .map(parseStage)
    .filter((stage) => stage !== undefined);
  if (stages.length === text.split(',').length && stages.length <= MAX_STAGES) return stages;
  const accepted = `1 to ${MAX_STAGES} stages RATE:TIME such as 1000:5s,2000:0s, with whole rates from 0 to ${MAX_RATE}`;
  throw new UsageError('invalid_stages', `--stages is ${quote(text)}; accepted: ${accepted}`);
}

/** The stages that a file lists, whose durations are ones of a stage. */
export function toStages(listed: readonly { readonly rate: number; readonly duration: string }[]): Stage[] {
  return listed.map(({ rate, duration }) => ({ rate, durationMs: stageMillis(duration) ?? 0 }));
}

function parseStage(text: string): Stage | undefined {
  const { rate, time = '' } = /^(?<rate>\d+):(?<time>.+)$/.exec(text.trim())?.groups ?? {};
  const durationMs = stageMillis(time);
  return durationMs === undefined || !(Number(rate) <= MAX_RATE)
    ? undefined
    : { rate: Number(rate), durationMs };
}

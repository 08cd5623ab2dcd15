import { didYouMean, quote } from '../base/wording.js';
import { UsageError } from '../domain/errors.js';
import { FAULT_KINDS, MIGRATION_FAULT, type Fault } from '../domain/fault.js';
import { durationMillis } from './duration.js';

/** What `parseFault` accepts, for messages. */
export const FAULT_ACCEPTED = `a fault and the time after the start, such as kill-worker@500ms; faults are ${FAULT_KINDS.join(', ')}, the last one without a time`;

/**
 * The fault that a text such as `kill-worker@500ms` names; without a time it is armed before the start, but for the one
 * that has none.
 */
export function parseFault(text: string): Fault | undefined {
  const [name, at, ...rest] = text.split('@');
  const kind = FAULT_KINDS.find((known) => known === name);
  const atMs = at === undefined || /^0(ms|s|m)?$/.test(at) ? 0 : durationMillis(at);
  if (kind === MIGRATION_FAULT && at !== undefined) return undefined;
  return kind === undefined || atMs === undefined || rest.length > 0 ? undefined : { kind, atMs };
}

/**
 * Reads the value of `--fault`.
 *
 * @throws UsageError `invalid_fault`
 */
export function parseFaultFlag(text: string): Fault {
  const fault = parseFault(text);
  if (fault !== undefined) return fault;
  const hint = didYouMean(text.split('@', 1)[0] ?? '', FAULT_KINDS);
  throw new UsageError('invalid_fault', `--fault is ${quote(text)}${hint}; accepted: ${FAULT_ACCEPTED}`);
}

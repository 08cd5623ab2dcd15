import type { Places } from '../domain/promises.js';

/** The code of a call whose answer does not fit, and of a run's failure by it. A target may have a code like it. */
export const MALFORMED_ANSWER = 'malformed_answer';

/** What a target says, as far as its answers must fit. */
export interface AnswerTerms {
  readonly idempotent: boolean;
  readonly places: Places;
}

/** An answer that fits. */
export type FittingAnswer =
  | { readonly outcome: 'created' | 'reused' | 'assigned'; readonly slotId: string | null }
  | { readonly outcome: 'no_slot' | 'busy' }
  | { readonly outcome: 'error'; readonly code: string; readonly message: string | undefined };

/** An answer that does not fit, with what is wrong about it. */
export interface MalformedAnswer {
  readonly malformed: string;
}

const SUCCESSES = ['created', 'reused', 'assigned'] as const;
const OUTCOMES = [...SUCCESSES, 'no_slot', 'busy', 'error'];

/** UTF-16 units of an error's code, at most. */
const LONGEST_CODE = 32;
/** What an error's code holds nowhere: it stands on one line of a report. */
const UNPRINTABLE = /(?! )[\p{C}\p{Z}]/gu;
/** Characters of a slot's id, at most: a unique index of PostgreSQL holds hardly more. */
const LONGEST_SLOT_ID = 2_704;

/**
 * Reads what a target answered to a call.
 *
 * @param given anything
 */
export function readAnswer(given: unknown, terms: AnswerTerms): FittingAnswer | MalformedAnswer {
  if (typeof given !== 'object' || given === null) return malformed(`is ${shown(given)}, no object`);
  const { outcome, slotId } = given as { outcome?: unknown; slotId?: unknown };
  const success = SUCCESSES.find((each) => each === outcome);
  if (success !== undefined) return readSuccess(success, slotId, terms);
  if (outcome !== 'no_slot' && outcome !== 'busy' && outcome !== 'error') {
    return malformed(`has the outcome ${shown(outcome)}; accepted are ${OUTCOMES.join(', ')}`);
  }
  if (slotId !== undefined && slotId !== null) {
    return malformed(`is ${outcome} with the slotId ${shown(slotId)}; accepted: none`);
  }
  return outcome === 'error' ? readError(given) : { outcome };
}

function readSuccess(
  outcome: (typeof SUCCESSES)[number],
  slotId: unknown,
  { idempotent, places }: AnswerTerms,
): FittingAnswer | MalformedAnswer {
  if (outcome === 'reused' && !idempotent) {
    return malformed('is reused, of a target that does not promise to be idempotent');
  }
  if (places === 'counted') {
    if (slotId === undefined || slotId === null) return { outcome, slotId: null };
    return malformed(`is ${outcome} with the slotId ${shown(slotId)}, where places are counted`);
  }
  const text = slotIdText(slotId);
  if (text === undefined) {
    const accepted = `a text of 1 to ${LONGEST_SLOT_ID} characters, or a safe integer`;
    return malformed(`is ${outcome} with the slotId ${shown(slotId)}; accepted: ${accepted}`);
  }
  return { outcome, slotId: text };
}

/** An id as it is compared: text, or a safe integer in decimal digits; undefined for anything else. */
export function slotIdText(given: unknown): string | undefined {
  if (typeof given === 'string') {
    return given.length >= 1 && given.length <= LONGEST_SLOT_ID ? given : undefined;
  }
  if (typeof given === 'bigint') return given.toString();
  return Number.isSafeInteger(given) ? String(given) : undefined;
}

/** Whether a text may stand in reports and histories as an error's code. */
export function isErrorCode(text: string): boolean {
  return text.length >= 1 && text.length <= LONGEST_CODE && text.search(UNPRINTABLE) === -1;
}

/**
 * Makes an error's code of a word that nobody promised to be one.
 *
 * @param word not empty
 */
export function toErrorCode(word: string): string {
  return word.slice(0, LONGEST_CODE).replace(UNPRINTABLE, '-');
}

function readError(given: object): FittingAnswer | MalformedAnswer {
  const { code, message } = given as { code?: unknown; message?: unknown };
  if (typeof code !== 'string' || !isErrorCode(code)) {
    const accepted = `1 to ${LONGEST_CODE} printable characters`;
    return malformed(`is an error with the code ${shown(code)}; accepted: ${accepted}`);
  }
  return { outcome: 'error', code, message: typeof message === 'string' ? message : undefined };
}

function malformed(what: string): MalformedAnswer {
  return { malformed: what };
}

/** Enough of a value for one line of a message. */
function shown(value: unknown): string {
  const text = textOf(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function textOf(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint' || typeof value === 'symbol') return value.toString();
  // JSON has no words for these.
  if (value === undefined || typeof value === 'number') return String(value);
  try {
    return JSON.stringify(value) ?? 'an object that is no JSON';
  } catch {
    return 'an object that is no JSON';
  }
}

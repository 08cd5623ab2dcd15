import { LOAD_WORDS, OPEN_LOOP_FIELDS, type Load, type LoadWords, type SaidAlone } from '../domain/load.js';
import { formatMicros } from './format.js';
import { countRange } from './row-figures.js';

/** What is said of a load field by field: of a scenario, or of the plan of a run. */
export type SaidLoad = Pick<Load, SaidAlone>;

const WORDS = Object.entries(LOAD_WORDS) as [SaidAlone, LoadWords][];

function isOfOpenLoop(field: SaidAlone): boolean {
  return OPEN_LOOP_FIELDS.some((own) => own === field);
}

/** What open loops have besides, e.g. `latency limit 50.0ms`; nothing that goes without saying. */
export function openLoopParts(loads: readonly SaidLoad[]): string[] {
  return partsOf(
    WORDS.filter(([field]) => isOfOpenLoop(field)),
    loads,
  );
}

/** What loads have besides, e.g. `bulk 8`, `1–8` where they differ; nothing that goes without saying in all. */
export function loadParts(loads: readonly SaidLoad[]): string[] {
  return partsOf(
    WORDS.filter(([field]) => !isOfOpenLoop(field)),
    loads,
  );
}

function partsOf(words: readonly [SaidAlone, LoadWords][], loads: readonly SaidLoad[]): string[] {
  return words.flatMap(([field, { unsaid, as, part }]) => {
    const values = loads.map((load) => load[field]).filter((value) => value !== undefined);
    const [first] = values;
    if (first === undefined || values.every((value) => value === unsaid)) return [];
    if (as === 'time') return [part(formatMicros(Number(first) * 1_000))];
    return [part(values.every((value) => value === first) ? `${first}` : countRange(values.map(Number)))];
  });
}

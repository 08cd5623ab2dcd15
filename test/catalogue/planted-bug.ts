import { edited, sqlFile } from '../engine/support/custom.js';

/** Files of scenarios/: each exposes some of the bugs, and every correct strategy passes it. */
export const SCENARIOS = ['one-by-one', 'collision', 'duplicates', 'crowd'] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

/** A piece of a sound statement, and what a mistake makes of it. */
export type Edit = readonly [sound: string, changed: string];

/** What every entry of the catalogue says, however it is run. */
export interface PlantedBug {
  readonly name: string;
  /** The mistake that real code makes, in one sentence. */
  readonly mistake: string;
  readonly scenario: ScenarioName;
  /** The invariants that must name it, the one that it is made for first. */
  readonly violates: readonly [string, ...string[]];
  /** Those that it violates by the way in some runs and not in others. */
  readonly mayViolate?: readonly string[];
  /** Whether a single caller would never meet it. */
  readonly needsRivals: boolean;
  /** Whether calls may also end in errors; else none may. */
  readonly mayErr?: boolean;
}

/** A built-in statement with a mistake in it: a custom strategy. */
export interface SqlBug extends PlantedBug {
  readonly original: 'cte' | 'inventory';
  readonly edits: readonly Edit[];
  /** What makes the window of a race wide enough to be met every time, such as a commit that is slow. */
  readonly widening?: readonly Edit[];
  /** Whether the schema lacks the unique indexes on contents. */
  readonly withoutUniqueIndexes?: boolean;
}

/** The text of the custom strategy that a bug makes of its original, with its mistake as a comment. */
export function brokenStrategy({ name, mistake, original, edits }: SqlBug): string {
  const [inventory, ...rest] = changed(sqlFile(`strategies/${original}.sql`), edits).split('\n');
  return [inventory, `-- Planted bug: ${name}. ${mistake}`, ...rest].join('\n');
}

/** The same, made so that a load meets the race every time. */
export function widenedStrategy(bug: SqlBug): string {
  return changed(brokenStrategy(bug), bug.widening ?? []);
}

function changed(sql: string, edits: readonly Edit[]): string {
  return edits.reduce((text, [sound, broken]) => edited(text, sound, broken), sql);
}

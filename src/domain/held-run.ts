/**
 * Whether the command of a run lives; else whether the run was to leave its batches, or has left them by accident.
 * `unknown`: a standby does not see whether the command lives.
 */
export type RunState = 'at work' | 'kept' | 'abandoned' | 'unknown';

/** A run of which a schema holds something. */
export interface HeldRun {
  readonly runId: string;
  readonly state: RunState;
  /** `run`, `compare` or `prove`; null: somebody registered the batches by the library. */
  readonly command: string | null;
  /** ISO 8601. */
  readonly startedAt: string | null;
  /** The database role; null without a command. */
  readonly role: string | null;
  /** The machine that the command ran on. */
  readonly host: string | null;
  /** Its process there. */
  readonly pid: number | null;
  readonly strategy: string;
  /** The target's file, where its batches are on tables of its own; null: they are on the tool's. */
  readonly file: string | null;
  /** The database that the embedded server holds for that target; null: the one that the command was given. */
  readonly database: string | null;
  /** Null: a proof has none. */
  readonly scenario: string | null;
  /** The run whose engines warm up on these batches; null: these are what is measured. */
  readonly warmsUp: string | null;
  /** Whether it was to leave its batches: `--keep` was given, or its target cannot remove them. */
  readonly keep: boolean;
  /** How much there is of it, by the target's own names. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Which runs are to be removed: those that are named, else those to which all of the rest applies. */
export interface RunSelection {
  readonly runIds: readonly string[];
  /** Only abandoned ones. */
  readonly abandoned: boolean;
  /** Only those that began earlier than so many milliseconds ago. */
  readonly olderThanMs?: number | undefined;
}

/** Runs of one target that were left because it could not be had to remove them. */
export interface LeftRuns {
  readonly runIds: readonly string[];
  readonly strategy: string;
  readonly file: string;
  readonly database: string | null;
  readonly batches: number;
  /** The first of them. */
  readonly batchIds: readonly string[];
  /** Why, and what is accepted, in one line. */
  readonly reason: string;
}

/** What was removed of a schema. */
export interface Cleaning {
  /** Whether nothing was, for it was only asked what would be. */
  readonly dryRun: boolean;
  readonly removed: readonly HeldRun[];
  /** Whose target could not be had to remove them, or failed to: they are as they were. */
  readonly left: readonly LeftRuns[];
  /** Runs at work to which the selection applied: they were left alone. */
  readonly leftAtWork: number;
}

/** The process of the tool that a run belongs to. */
export interface RunningCommand {
  /** As the command line calls it. */
  readonly command: string;
  /** Differs from every other process's. */
  readonly commandId: string;
  readonly host: string;
  readonly pid: number;
  /** Whether it tells that it is alive by a heartbeat, for no session is its own; else by a lock. */
  readonly beats: boolean;
}

/** A run, as `recordRun` writes it down. */
export interface RunRecord {
  readonly runId: string;
  readonly strategy: string;
  readonly scenario: string | null;
  /** Whether it is to leave its batches. */
  readonly keep: boolean;
  /** The run whose engines warm up on its batches. */
  readonly warmsUp: string | null;
}

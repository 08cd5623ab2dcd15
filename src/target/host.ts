import type { RunningCommand, RunRecord } from '../domain/held-run.js';
import type { InfrastructureError } from '../domain/errors.js';
import type { Witness } from '../domain/run-result.js';

/** Batches to be registered, and whose they are. */
export interface Registration {
  readonly groups: readonly BatchGroup[];
  /** How results name who will fill them. */
  readonly strategy: string;
  /** The command that they belong to; undefined: no record is kept. */
  readonly command?: RunningCommand | undefined;
  /** One for each run of the groups. */
  readonly records: readonly RunRecord[];
}

/** Batches of one form and size, all of one run. */
export interface BatchGroup {
  /** By which they are found and removed again. */
  readonly runId: string;
  readonly batchIds: readonly string[];
  /** Of each batch. */
  readonly slots: number;
  /** One of the target's forms. */
  readonly form: string;
  /** Who will ask for a slot of the batch at a position; made when it is called. */
  readonly contentIdsOf: (position: number) => readonly string[];
}

/** How a long registration is watched and stopped. */
export interface RegistrationControl {
  /** Told how many slots of all groups, in their order, are there by now, some thousands after the other. */
  readonly onProgress?: ((slots: number) => void) | undefined;
  /** Ends it early: nothing is registered, and the signal's reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** A slot or place that is taken, as the database holds it. */
export interface StoredAssignment {
  readonly batchId: string;
  /** Null where places are counted. */
  readonly slotId: string | null;
  readonly contentId: string;
  /** Of the call that wrote it, where the target stores that. */
  readonly callId: string | null;
}

/** What a target says of one of its audits. */
export interface AuditTerms {
  readonly name: string;
  /** Whether a call that was cut off leaves it so for the next one to finish. */
  readonly mayBeHalfDone: boolean;
  /** Whether it may be violated where commits that were acknowledged are gone. */
  readonly needsCommits: boolean;
}

/** What an audit could not be asked. */
export interface Gap {
  readonly reason: string;
  /** Whether what it lacks is lacking everywhere: it is not asked at all. */
  readonly everywhere: boolean;
}

/** What an audit found. */
export interface Audit extends AuditTerms {
  /**
   * The offending rows. Each names the field that is missing or wrong, what was found and what is expected; `batchId`,
   * `slotId` and `contentId` are what it is about.
   */
  readonly rows: readonly Witness[];
  /** What it could not be asked. */
  readonly gap?: Gap | undefined;
}

/** What was registered. */
export interface Registered {
  /** What the reader of a result should know, one line each. */
  readonly notes: readonly string[];
  /** The slots of each batch, where their ids are known. */
  readonly slotIds?: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  /** What the target wants handed to each call on a batch: any JSON value. */
  readonly refs: ReadonlyMap<string, unknown>;
}

/** What the database holds of some batches, read at one moment. */
export interface Stored {
  /** Undefined where the target does not tell. */
  readonly assignments: readonly StoredAssignment[] | undefined;
  /** All of the target's; those that were not asked have a gap. */
  readonly audits: readonly Audit[];
  /** What kept the target from asking them all. */
  readonly failure?: InfrastructureError | undefined;
}

/** When batches are read. */
export interface ReadTime {
  /**
   * Whether nobody but a run of the tool wrote these rows. Then more can be audited, and the planner may be given fresh
   * statistics first, which takes the right to ANALYZE.
   */
  readonly rightAfterRun: boolean;
}

/** What stands behind a target's instances: its side of the database. */
export interface Host {
  /**
   * Registers batches and records their runs, all or nothing.
   *
   * @throws UsageError for what cannot be a batch, or exists already
   */
  register(registration: Registration, control?: RegistrationControl): Promise<Registered>;

  /**
   * Reads what there is of batches, and audits it: on one snapshot, but for code of the user's, which reads as it likes. No row
   * is changed.
   */
  read(batchIds: readonly string[], when: ReadTime): Promise<Stored>;

  /**
   * What the target counts of batches, summed over them, by its own names. Some names are reserved for what gates and
   * reports know by them, and may be left out: `taken` and `available` slots, `completed` batches, `completionEvents`.
   */
  countOf(batchIds: readonly string[]): Promise<Readonly<Record<string, number>>>;

  /**
   * Removes what runs registered, and all that was written about it, then what is known of them. Of a target that can
   * (see `Target.lacks`).
   */
  remove(runIds: readonly string[]): Promise<void>;

  /**
   * As `remove`, of runs whose commands are gone. A command that has lost its connection for a moment may come back until
   * the rows are gone: then nothing is removed.
   *
   * @returns the runs whose command is alive after all
   */
  removeIdle(runIds: readonly string[]): Promise<readonly string[]>;
}

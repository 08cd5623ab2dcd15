/** What the tool has to know of a fault besides its name. */
interface FaultTraits {
  /** It ends a worker: the worker's calls must be recorded as they happen. */
  readonly killsWorker?: true;
  /** It looks for calls under way, which are known where they are recorded as they happen. */
  readonly seeksCalls?: true;
  /**
   * Workers that live on lose connections or replies, also by deadlines of their own that pass meanwhile, and what they send again
   * nobody but their code knows of.
   */
  readonly losesConnections?: true;
  /** It is made by the wire between workers and server, or finds by it whose backend it hits. */
  readonly needsWire?: true;
}

/** What the tool can break on purpose while a load runs. */
const FAULTS = {
  /** SIGKILL of a worker, whose claim holds a slot where a target can be stopped there; another process takes its deliveries over. */
  'kill-worker': { killsWorker: true, needsWire: true },
  /** SIGSTOP of a worker, whose claim holds a slot where a target can be stopped there, and SIGCONT. */
  'pause-worker': { losesConnections: true, seeksCalls: true, needsWire: true },
  /** pg_terminate_backend of a backend, whose claim holds a slot where a target can be stopped there. */
  'terminate-backend': { losesConnections: true, needsWire: true },
  /** Immediate shutdown and restart of the server while a claim holds a slot. */
  'restart-server': { losesConnections: true, needsWire: true },
  /** A foreign session locks all free slots and then rolls back. */
  'lock-slots': { needsWire: true },
  /** A foreign session holds an old snapshot. */
  'hold-snapshot': {},
  /** The next reply on every connection is swallowed and the connection reset. */
  'lose-replies': { losesConnections: true, needsWire: true },
  /** Every connection is reset while requests are under way. */
  'reset-connections': { losesConnections: true, needsWire: true },
  /** SIGKILL of a worker between the two transactions of a call: its slot is taken, the rest not written. */
  'kill-between-transactions': { killsWorker: true, needsWire: true },
  /** SIGKILL of a worker between the commit of a batch's last claim and the completion statement. */
  'kill-before-completion': { killsWorker: true, needsWire: true },
  /** SIGKILL of the process that migrates batches in a rollout; another one resumes. It has no time. */
  'kill-migration': {},
} as const satisfies Record<string, FaultTraits>;

export type FaultKind = keyof typeof FAULTS;

export const FAULT_KINDS = Object.keys(FAULTS) as [FaultKind, ...FaultKind[]];

/** A fault to be injected. */
export interface Fault {
  readonly kind: FaultKind;
  /** When, from the barrier's release. 0: it is armed before the release, or has no time. */
  readonly atMs: number;
}

/** A fault that was injected, or was meant to be. */
export interface FaultResult {
  readonly kind: FaultKind;
  /** Moments from the barrier's release. */
  readonly plannedMs: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Whether it hit a call in flight. A fault that hit nothing proves nothing. */
  readonly struck: boolean;
  /** What it hit and what came of it, or why it hit nothing; one line. */
  readonly detail: string;
  /** What a crash left for the next delivery to repair. */
  readonly left: { readonly orphans: number; readonly uncompleted: number };
}

/** Strikes each migration of a rollout once, and no call of a load. */
export const MIGRATION_FAULT = 'kill-migration';

/** Faults that end a worker: its calls must be recorded as they happen. */
export function killsWorker({ kind }: Fault): boolean {
  return traitsOf(kind).killsWorker === true;
}

/** Faults that need each call recorded as it happens. */
export function needsJournal(fault: Fault): boolean {
  return killsWorker(fault) || traitsOf(fault.kind).seeksCalls === true;
}

/** Faults by which workers that live on lose connections or replies. */
export function losesConnections({ kind }: Pick<Fault, 'kind'>): boolean {
  return traitsOf(kind).losesConnections === true;
}

/** Faults that are made by the wire between workers and server, or find by it whose backend they hit. */
export function needsWire({ kind }: Fault): boolean {
  return traitsOf(kind).needsWire === true;
}

function traitsOf(kind: FaultKind): FaultTraits {
  return FAULTS[kind];
}

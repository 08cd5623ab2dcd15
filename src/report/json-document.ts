import type { Cleaning, HeldRun } from '../domain/held-run.js';
import type { Proof } from '../domain/proof.js';
import type { RolloutSummary } from '../domain/rollout.js';
import type {
  BaselineComparison,
  Comparison,
  Environment,
  RunResult,
  StopSignal,
  Verdict,
} from '../domain/run-result.js';
import type { Sweep } from '../domain/sweep.js';
import type { VerificationReport } from '../domain/verification.js';

// The published JSON Schema is made from these types and their comments, and those of commands that a target has of its
// own (test/schema/documents.ts): `npm run schema`.

/** Which program wrote a document. */
export interface Tool {
  readonly name: string;
  readonly version: string;
}

/** Why there is no full answer (exit codes 2 and 3). */
export interface Failure {
  /** A stable machine-readable word, e.g. `invalid_scenario`. */
  readonly code: string;
  /** One line. */
  readonly message: string;
}

/** What every document begins with. */
export interface Head {
  readonly schemaVersion: 1;
  readonly tool: Tool;
}

/** The answer of `run` and `compare`. */
export interface ReportDocument extends Head {
  readonly passed: boolean;
  readonly verdict: Verdict;
  readonly environment: Environment;
  readonly runs: readonly RunResult[];
  /** How many runs were to be made; more than there are where the work ended early. */
  readonly plannedRuns: number;
  /** The signal that ended the work early: the runs are partial. */
  readonly interrupted?: StopSignal | undefined;
  /** Of `compare` alone. */
  readonly comparison?: Comparison | undefined;
  /** Of `run --sweep` alone. */
  readonly sweep?: Sweep | undefined;
  /** Of `compare --rollout` alone. */
  readonly rollout?: RolloutSummary | undefined;
  /** With `--baseline` alone. */
  readonly baseline?: BaselineComparison | undefined;
}

/** What any command prints on exit codes 2 and 3, with what was measured before. */
export interface FailureDocument extends Head {
  readonly passed: false;
  readonly verdict: 'unknown';
  readonly error: Failure;
  readonly environment: Environment | null;
  readonly runs: readonly RunResult[];
  /** Where runs were begun. */
  readonly plannedRuns?: number | undefined;
  readonly interrupted?: StopSignal | undefined;
  readonly comparison?: Comparison | undefined;
  readonly sweep?: Sweep | undefined;
  readonly rollout?: RolloutSummary | undefined;
  readonly baseline?: BaselineComparison | undefined;
}

/** The answer of `verify`. */
export interface VerificationDocument extends Head, VerificationReport {
  readonly passed: boolean;
}

/** The answer of `prove`. */
export interface ProofDocument extends Head, Proof {
  readonly passed: boolean;
}

/** The answer of `runs`. */
export interface RunsDocument extends Head {
  readonly schema: string;
  /** By when they began. */
  readonly heldRuns: readonly HeldRun[];
}

/** The answer of `clean`. */
export interface CleaningDocument extends Head, Cleaning {
  readonly schema: string;
}

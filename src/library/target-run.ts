import type { RunResult } from '../domain/run-result.js';

/** What `runTarget` is told: the fields of a scenario's load have the names that they have in scenario files. */
export interface RunTargetOptions {
  /** A built-in name, the path or URL of a scenario file, or what such a file holds. */
  readonly scenario: string | URL | Readonly<Record<string, unknown>>;
  /** Number of batches. */
  readonly batches?: number | undefined;
  /** Slots of each batch, or a list that is repeated over the batches. */
  readonly slots?: number | readonly number[] | undefined;
  /** Distinct contents of the whole run. */
  readonly contents?: number | undefined;
  /** How often each content is delivered. */
  readonly deliveries?: number | undefined;
  /** Worker processes. */
  readonly workers?: number | undefined;
  /** Connections of each worker, and calls it has in flight. */
  readonly connections?: number | undefined;
  /** Contents that one call assigns, where the target has `assignMany`. */
  readonly bulk?: number | undefined;
  /** Length of closed and open loops, e.g. `500ms`. */
  readonly duration?: string | undefined;
  /** Calls per second of all workers together: makes an open loop. */
  readonly rate?: number | undefined;
  /** Gaps between the calls of an open loop: `poisson` or `constant`. */
  readonly spacing?: string | undefined;
  /** Ramps of an open loop, e.g. `1000:5s,500:0s`. */
  readonly stages?: string | undefined;
  /** Calls of an open loop that end later are late, e.g. `100ms`. */
  readonly latencyLimit?: string | undefined;
  /** What is broken on purpose, e.g. `kill-worker@200ms`. */
  readonly faults?: readonly string[] | undefined;
  /** Network round-trip time to simulate, in milliseconds. */
  readonly rttMs?: number | undefined;
  /** Whether workers go by way of the tool's own proxy, which counts round trips; `rttMs` and most faults do. */
  readonly wire?: boolean | undefined;
  /** Gates that must hold besides the scenario's, e.g. `error == 0`. */
  readonly gates?: readonly string[] | undefined;
  /** Repeats the workload of an earlier run. Default: a new one. */
  readonly seed?: number | undefined;
  /** Deadline of one call, with its retries, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number | undefined;
  /** PostgreSQL to use. Default: an embedded server; the environment names none. */
  readonly databaseUrl?: string | undefined;
}

/** What a run found: an entry of `runs` in what `--json` prints, and the same as text. */
export interface TargetResult extends RunResult {
  /** As the command line prints it, without colours. */
  readonly text: string;
}

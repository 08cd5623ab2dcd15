import type { Call } from '../domain/call.js';
import type { InfrastructureError } from '../domain/errors.js';
import type { FaultResult } from '../domain/fault.js';
import type { Recording } from '../runner/run-load.js';
import type { RolloutDriver } from './rollout/rollout-driver.js';
import type { ServerCost } from './server-meter.js';

/** A load that was put on a database, with what was broken meanwhile. */
export interface FinishedLoad {
  readonly recording: Recording;
  /** What was delivered again after the load, because its callers had no definite answer. */
  readonly redelivered: readonly Call[];
  /** Those of them that were made one at a time, to see whether a slot is still given. */
  readonly closing: ReadonlySet<Call>;
  /**
   * How the first answer was that does not fit its target's terms, in the load or in what was delivered after it;
   * undefined: all fit.
   */
  readonly malformed: string | undefined;
  /** Undefined where the server could not be asked after the load. */
  readonly server: ServerCost | undefined;
  /** Those of all workers by the wire; undefined where there is none. */
  readonly roundTrips: number | undefined;
  readonly faults: readonly FaultResult[];
  /** Where the scenario has one. */
  readonly rollout: RolloutDriver | undefined;
  /** What of the surroundings failed while the load ran or right after it; what was measured until then is here. */
  readonly failure: InfrastructureError | undefined;
  /** Whether a signal ended it early. */
  readonly stopped: boolean;
  /** What its preparation could not do, one line each. */
  readonly notes: readonly string[];
}

/** The library: what the command line does for a test suite, and the engine that it measures for a service of one's own. */
export type { RegistrationControl } from './target/host.js';
export { registerBatches, type BatchRegistration } from './targets/els/batches/register.js';
export { batchStatus, repairCompletion, type BatchStatus } from './targets/els/batches/status.js';
export { setupSchema, type SetupOutcome } from './database/schema.js';
export {
  BUILT_IN_STRATEGIES,
  type AssignmentRequest,
  type AssignmentResult,
  type BuiltInStrategy,
  type EngineCounters,
  type Inventory,
} from './targets/els/engine/assignment.js';
export { InfrastructureError, UsageError } from './domain/errors.js';
export {
  ASSIGNMENT_ERROR_CODES,
  AssignmentError,
  type AssignmentErrorCode,
} from './targets/els/engine/errors.js';
export type { EngineLogger } from './targets/els/engine/call-log.js';
export { readCustomStrategy } from './targets/els/engine/custom-strategy.js';
export {
  createAssignmentEngine,
  type AssignmentEngine,
  type DeliveryOptions,
  type EngineOptions,
} from './targets/els/engine/engine.js';
export type { StrategySpec } from './targets/els/engine/strategy.js';
export {
  defineTarget,
  type Answer,
  type AssignCall,
  type AssignmentRow,
  type AuditRow,
  type BatchToRegister,
  type HostContext,
  type OpenedInstance,
  type OpenSettings,
  type RegisteredBatch,
  type TargetDefinition,
} from './target/definition.js';
export { runTarget } from './library/run-target.js';
export type { RunTargetOptions, TargetResult } from './library/target-run.js';
export { assertValid } from './library/assert-valid.js';
export {
  checkHistory,
  type HistoryCall,
  type HistoryTerms,
  type HistoryVerdict,
} from './library/check-history.js';
export type { IdForm, Places, Promises } from './domain/promises.js';
export type {
  GateResult,
  InvariantResult,
  NotAsked,
  RunResult,
  Verdict,
  Witness,
} from './domain/run-result.js';
export type { Judged } from './domain/verification.js';

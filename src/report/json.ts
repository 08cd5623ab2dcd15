import type { Cleaning, HeldRun } from '../domain/held-run.js';
import type { MigrationPlan, MigrationReport } from '../targets/els/migrate/migration.js';
import type { Proof } from '../domain/proof.js';
import type { Report } from '../domain/run-result.js';
import type { VerificationReport } from '../domain/verification.js';
import type { Failure, JsonDocument, Tool } from './json-document.js';

const SCHEMA_VERSION = 1;

/**
 * The answer of `run` or `compare` as one JSON document, schema version 1.
 * A value that was not measured (NaN, infinite) is null: that is how JSON.stringify writes it.
 */
export function renderJson(report: Report, tool: Tool): string {
  const { passed, verdict, environment, runs, plannedRuns, interrupted } = report;
  const { comparison, sweep, rollout, baseline } = report;
  return document({
    schemaVersion: SCHEMA_VERSION,
    tool: identity(tool),
    passed,
    verdict,
    environment,
    runs,
    plannedRuns,
    interrupted,
    comparison,
    sweep,
    rollout,
    baseline,
  });
}

/** The answer of `prove` as one JSON document. */
export function renderProofJson(proof: Proof, passed: boolean, tool: Tool): string {
  return document({ schemaVersion: SCHEMA_VERSION, tool: identity(tool), passed, ...proof });
}

/** The answer of `migrate` as one JSON document. */
export function renderMigrationJson(report: MigrationReport, passed: boolean, tool: Tool): string {
  const { failure, ...rest } = report;
  const error = failure && { code: failure.code, message: failure.message };
  return document({ schemaVersion: SCHEMA_VERSION, tool: identity(tool), passed, error, ...rest });
}

/** The answer of `migrate --dry-run` as one JSON document. */
export function renderMigrationPlanJson(plan: MigrationPlan, passed: boolean, tool: Tool): string {
  return document({
    schemaVersion: SCHEMA_VERSION,
    tool: identity(tool),
    passed,
    dryRun: true,
    ...plan,
  });
}

/** The answer of `runs` as one JSON document. */
export function renderRunsJson(schema: string, heldRuns: readonly HeldRun[], tool: Tool): string {
  return document({ schemaVersion: SCHEMA_VERSION, tool: identity(tool), schema, heldRuns });
}

/** The answer of `clean` as one JSON document. */
export function renderCleaningJson(schema: string, cleaning: Cleaning, tool: Tool): string {
  return document({ schemaVersion: SCHEMA_VERSION, tool: identity(tool), schema, ...cleaning });
}

/** The answer of `verify` as one JSON document. */
export function renderVerificationJson(report: VerificationReport, passed: boolean, tool: Tool): string {
  return document({ schemaVersion: SCHEMA_VERSION, tool: identity(tool), passed, ...report });
}

/**
 * A failure as one JSON document: never passed, verdict unknown.
 * @param partial what was measured before, if anything; without it the environment is null and runs are empty.
 */
export function renderJsonError(error: Failure, tool: Tool, partial?: Report): string {
  return document({
    schemaVersion: SCHEMA_VERSION,
    tool: identity(tool),
    passed: false,
    verdict: 'unknown',
    error: { code: error.code, message: error.message },
    environment: partial?.environment ?? null,
    runs: partial?.runs ?? [],
    plannedRuns: partial?.plannedRuns,
    interrupted: partial?.interrupted,
    comparison: partial?.comparison,
    sweep: partial?.sweep,
    rollout: partial?.rollout,
    baseline: partial?.baseline,
  });
}

function identity({ name, version }: Tool): Tool {
  return { name, version };
}

function document(value: JsonDocument): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

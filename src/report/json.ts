import type { Cleaning, HeldRun } from '../domain/held-run.js';
import type { Proof } from '../domain/proof.js';
import type { Report } from '../domain/run-result.js';
import type { VerificationReport } from '../domain/verification.js';
import type {
  CleaningDocument,
  Failure,
  FailureDocument,
  Head,
  ProofDocument,
  ReportDocument,
  RunsDocument,
  Tool,
  VerificationDocument,
} from './json-document.js';

/**
 * The answer of `run` or `compare` as one JSON document, schema version 1.
 * A value that was not measured (NaN, infinite) is null: that is how JSON.stringify writes it.
 */
export function renderJson(report: Report, tool: Tool): string {
  const { passed, verdict, environment, runs, plannedRuns, interrupted } = report;
  const { comparison, sweep, rollout, baseline } = report;
  return renderDocument<ReportDocument>(
    { passed, verdict, environment, runs, plannedRuns, interrupted, comparison, sweep, rollout, baseline },
    tool,
  );
}

/** The answer of `prove` as one JSON document. */
export function renderProofJson(proof: Proof, passed: boolean, tool: Tool): string {
  return renderDocument<ProofDocument>({ passed, ...proof }, tool);
}

/** The answer of `runs` as one JSON document. */
export function renderRunsJson(schema: string, heldRuns: readonly HeldRun[], tool: Tool): string {
  return renderDocument<RunsDocument>({ schema, heldRuns }, tool);
}

/** The answer of `clean` as one JSON document. */
export function renderCleaningJson(schema: string, cleaning: Cleaning, tool: Tool): string {
  return renderDocument<CleaningDocument>({ schema, ...cleaning }, tool);
}

/** The answer of `verify` as one JSON document. */
export function renderVerificationJson(report: VerificationReport, passed: boolean, tool: Tool): string {
  return renderDocument<VerificationDocument>({ passed, ...report }, tool);
}

/**
 * A failure as one JSON document: never passed, verdict unknown.
 * @param partial what was measured before, if anything; without it the environment is null and runs are empty.
 */
export function renderJsonError(error: Failure, tool: Tool, partial?: Report): string {
  return renderDocument<FailureDocument>(
    {
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
    },
    tool,
  );
}

/**
 * Any answer as one JSON document.
 *
 * @param answer the fields of the document, in its order, after those that every document begins with
 */
export function renderDocument<Document extends Head>(
  answer: Omit<Document, keyof Head>,
  { name, version }: Tool,
): string {
  const head: Head = { schemaVersion: 1, tool: { name, version } };
  return `${JSON.stringify({ ...head, ...answer }, null, 2)}\n`;
}

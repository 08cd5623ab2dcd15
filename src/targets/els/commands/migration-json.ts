import type { Failure, Head, Tool } from '../../../report/json-document.js';
import { renderDocument } from '../../../report/json.js';
import type { MigrationPlan, MigrationReport } from '../migrate/migration.js';

/** The answer of `migrate`. */
export interface MigrationDocument extends Head, Omit<MigrationReport, 'failure'> {
  readonly passed: boolean;
  /** Why it ended early (exit code 3). */
  readonly error?: Failure | undefined;
}

/** The answer of `migrate --dry-run`. */
export interface MigrationPlanDocument extends Head, MigrationPlan {
  /** Whether nothing stands against it now. */
  readonly passed: boolean;
  readonly dryRun: true;
}

/** The answer of `migrate` as one JSON document. */
export function renderMigrationJson(report: MigrationReport, passed: boolean, tool: Tool): string {
  const { failure, ...rest } = report;
  const error = failure && { code: failure.code, message: failure.message };
  return renderDocument<MigrationDocument>({ passed, error, ...rest }, tool);
}

/** The answer of `migrate --dry-run` as one JSON document. */
export function renderMigrationPlanJson(plan: MigrationPlan, passed: boolean, tool: Tool): string {
  return renderDocument<MigrationPlanDocument>({ passed, dryRun: true, ...plan }, tool);
}

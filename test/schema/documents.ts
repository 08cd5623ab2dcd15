import type {
  CleaningDocument,
  FailureDocument,
  ProofDocument,
  ReportDocument,
  RunsDocument,
  VerificationDocument,
} from '../../src/report/json-document.js';
import type {
  MigrationDocument,
  MigrationPlanDocument,
} from '../../src/targets/els/commands/migration-json.js';

/** What `run`, `compare`, `verify`, `prove`, `migrate`, `runs` and `clean` print with `--json`: one document. */
export type JsonDocument =
  | ReportDocument
  | FailureDocument
  | VerificationDocument
  | ProofDocument
  | RunsDocument
  | CleaningDocument
  | MigrationDocument
  | MigrationPlanDocument;

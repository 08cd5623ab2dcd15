import * as database from '../../../database/statement.js';
import { OID, readSql, StatementOfFile, type Statement } from '../../../database/statement.js';

/** Binds of an assignment have one type everywhere, so that a custom strategy needs no casts. */
const BIND_TYPES: Readonly<Record<string, number>> = {
  batch_id: OID.text,
  text_storage_id: OID.text,
  original_file_name: OID.text,
  file_size_bytes: OID.int8,
  content_md5_hash: OID.text,
  file_upload_id: OID.text,
  correlation_id: OID.text,
  processing_metadata: OID.jsonb,
  storage_references: OID.jsonb,
  timeline: OID.jsonb,
  low_water: OID.text,
};

/** As that of database/statement.ts, with the types of an assignment's binds. */
export function loadStatement(path: string): Statement {
  return new StatementOfFile(path, () => toStatement(path, readSql(path)));
}

/** As that of database/statement.ts, with the types of an assignment's binds. */
export function toStatement(name: string, sql: string): Statement {
  return database.toStatement(name, sql, {}, BIND_TYPES);
}

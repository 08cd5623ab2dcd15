import { splitSql } from '#els/database/sql-text.js';
import { readSql } from '#els/database/statement.js';

/** Drawn anew for each transaction, from so many that no content comes twice. */
const CONTENTS = 1e15;
/** What legacy's steps read from the step before, by the name that \gset gives it. */
const READ = { tracker_id: 'id', essay_id: 'internal_essay_id' };

const METADATA = {
  original_file_name: 'essay.txt',
  file_size_bytes: '1024',
  content_md5_hash: 'd41d8cd98f00b204e9800998ecf8427e',
  file_upload_id: 'upload-1',
};
const DEFINED = {
  ...METADATA,
  processing_metadata: JSON.stringify({ ...METADATA, file_size_bytes: 1024, correlation_id: 'call-1' }),
  storage_references: JSON.stringify({ original_essay: 'content-1' }),
  timeline: JSON.stringify({ ready_for_processing: new Date().toISOString() }),
  repair: 'false',
  low_water: '',
};
const DRAWN = ['batch_id', 'text_storage_id', 'correlation_id'];

/**
 * SQL as pgbench reads it: its own `:name` variables are the binds, comments are left out. pgbench's -D refuses an
 * empty value, so a bind that is defined empty becomes a literal.
 *
 * @param {string} text
 * @param {Record<string, string>} [read] binds that are variables read by \\gset
 * @throws Error for a bind without a value, which pgbench would take for NULL
 */
export function pgbenchSql(text, read = READ) {
  return splitSql(text.replace(/^--.*\n/gm, '').trim())
    .map((piece) =>
      piece.kind === 'bind' ? pgbenchBind(piece.name, read) : /** @type {{ text: string }} */ (piece).text,
    )
    .join('');
}

function pgbenchBind(name, read) {
  if (name in read) return `:${read[name]}`;
  if (DEFINED[name] === '') return "''";
  if (DRAWN.includes(name) || name in DEFINED) return `:${name}`;
  throw new Error(`pgbench has no value for the bind :${name}`);
}

/** The same statements, in the same order, as legacy sends them for a new content. */
function legacy() {
  const step = (path, end = ';') => `${pgbenchSql(readSql(path))}${end}\n`;
  return [
    step('strategies/legacy/find-tracker', ' \\gset'),
    step('strategies/legacy/find-assignment'),
    step('strategies/legacy/claim-slot', ' \\gset'),
    step('strategies/legacy/begin'),
    step('strategies/legacy/read-essay'),
    step('strategies/legacy/upsert-essay'),
    step('strategies/legacy/insert-event'),
    step('strategies/legacy/commit'),
    step('completion/look'),
  ].join('');
}

/**
 * What one pgbench transaction sends to assign one new content. For `cte` and `inventory` the tool's coalesced
 * completion looks are missing: about one per 50 ms and batch.
 *
 * @param {'legacy' | 'cte' | 'inventory'} strategy
 */
export function strategyScript(strategy) {
  return strategy === 'legacy' ? legacy() : `${pgbenchSql(readSql(`strategies/${strategy}`))};\n`;
}

/** Before every slot's id in collation "C": where a client starts that has claimed nothing. */
const NO_MARK = '!';

/**
 * A statement that claims on one batch only: as the engine does, each client starts behind the essay that it claimed
 * last.
 *
 * @param {string} text of a statement that returns essay_id
 */
export function claimScript(text) {
  return `${pgbenchSql(text, { low_water: 'essay_id' })} \\gset\n`;
}

/** Variables of a script of `claimScript` before the first claim. */
export const CLAIM_VARIABLES = { essay_id: NO_MARK };

/** Draws the content of a transaction, and its batch among as many. */
export function drawContent(batches) {
  const draw = { batch_id: batches, text_storage_id: CONTENTS, correlation_id: CONTENTS };
  return DRAWN.map((name) => `\\set ${name} random(1, ${draw[name]})\n`).join('');
}

/** Variables of pgbench's -D for what is not drawn. */
export function contentVariables() {
  return Object.fromEntries(Object.entries(DEFINED).filter(([, value]) => value !== ''));
}

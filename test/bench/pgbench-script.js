import { readFileSync } from 'node:fs';

/** Batches and contents that pgbench draws from. */
export const BATCHES = 100;

const DRAW = `\\set batch_id random(1, ${BATCHES})\n\\set text_storage_id random(1, 1000000000000)\n\\set correlation_id random(1, 1000000000000)\n`;

/** One file of sql/ as pgbench reads it: its own `:name` variables are the binds, comments are left out. */
function sql(path) {
  const text = readFileSync(new URL(`../../sql/${path}.sql`, import.meta.url), 'utf8');
  const statement = text.replace(/^--.*\n/gm, '').trim();
  return statement.replaceAll(':tracker_id', ':id').replaceAll(':essay_id', ':internal_essay_id');
}

/** The same statements, in the same order, as legacy sends them for a new content. */
function legacy() {
  const step = (name, end = ';') => `${sql(`strategies/legacy/${name}`)}${end}\n`;
  return [
    step('find-tracker', ' \\gset'),
    step('find-assignment'),
    step('claim-slot', ' \\gset'),
    step('begin'),
    step('read-essay'),
    step('upsert-essay'),
    step('insert-event'),
    step('commit'),
    `${sql('completion/look')};\n`,
  ].join('');
}

/**
 * A strategy as a pgbench script.
 *
 * @param {'legacy' | 'cte' | 'inventory'} strategy
 */
export function pgbenchScript(strategy) {
  return DRAW + (strategy === 'legacy' ? legacy() : `${sql(`strategies/${strategy}`)};\n`);
}

/** What the drawn variables leave out, as pgbench's -D options. */
export function pgbenchDefinitions() {
  const documents = {
    original_file_name: 'essay.txt',
    file_size_bytes: '1024',
    content_md5_hash: 'd41d8cd98f00b204e9800998ecf8427e',
    file_upload_id: 'upload-1',
    processing_metadata: JSON.stringify({
      original_file_name: 'essay.txt',
      file_size_bytes: 1024,
      content_md5_hash: 'd41d8cd98f00b204e9800998ecf8427e',
      file_upload_id: 'upload-1',
      correlation_id: 'call-1',
    }),
    storage_references: JSON.stringify({ original_essay: 'content-1' }),
    timeline: JSON.stringify({ ready_for_processing: new Date().toISOString() }),
  };
  return Object.entries(documents).flatMap(([name, value]) => ['-D', `${name}=${value}`]);
}

import { readFileSync } from 'node:fs';
import { toStatement } from '#els/database/statement.js';

/** The text of a file of test/campaigns/bench/sql/, by its name without extension. */
export function readBenchSql(name) {
  return readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8');
}

/**
 * A statement of test/campaigns/bench/sql/.
 *
 * @param {string} name of the file, without extension
 * @param {Record<string, string>} identifiers what `:"name"` stands for
 */
export function benchStatement(name, identifiers = {}) {
  return toStatement(`bench/${name}`, readBenchSql(name), identifiers);
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

// find-tracker has no place of its own in a schedule because nothing in a schedule writes what it reads.

const SQL = fileURLToPath(new URL('../../sql/', import.meta.url));
const WRITES = /update\s+batch_essay_trackers\b[\s\S]*?\bset\b([\s\S]*?)\b(?:from|where|returning)\b/gi;

function columnsWritten(folder: string): string[] {
  const files = readdirSync(join(SQL, folder), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.sql'))
    .flatMap((file) => [...readFileSync(join(SQL, folder, file), 'utf8').matchAll(WRITES)])
    .flatMap(([, set = '']) => [...set.matchAll(/(\w+)\s*=/g)].map(([, column = '']) => column));
}

describe('no statement of a schedule writes the id or the inventory of a batch', () => {
  it.each(['strategies', 'completion', 'prove', 'faults'])('sql/%s', (folder) => {
    for (const column of ['id', 'batch_id', 'inventory', 'switching_to']) {
      expect(columnsWritten(folder)).not.toContain(column);
    }
  });

  it('one of a migration does', () => {
    expect(columnsWritten('migrate')).toContain('inventory');
  });
});

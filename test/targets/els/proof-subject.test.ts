import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadStatement } from '#els/database/statement.js';
import { BUILT_IN_STRATEGIES } from '#els/targets/els/engine/assignment.js';
import { elsProofSubject } from '#els/targets/els/proof-subject.js';

const subjectOf = (name: (typeof BUILT_IN_STRATEGIES)[number]) =>
  elsProofSubject({ strategy: { kind: 'built-in', name }, advisoryLocks: false }, 'any');

// find-tracker has no place of its own in a schedule because nothing in a schedule writes what it reads.

const SQL = fileURLToPath(new URL('../../../sql/', import.meta.url));
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

describe('what a proof knows of the statements of a strategy', () => {
  it.each(BUILT_IN_STRATEGIES)('is said of statements that there are: %s', (name) => {
    const { independent, whole, looks } = subjectOf(name).roundTrips;
    for (const statement of [...independent, ...whole, ...looks]) {
      expect(loadStatement(statement).text).not.toBe('');
    }
  });

  it.each([
    ['legacy', [2, 1]],
    ['cte', [Infinity, Infinity]],
    ['inventory', [Infinity, Infinity]],
  ] as const)('bounds its schedules where a call makes many round trips: %s', (name, most) => {
    const subject = subjectOf(name);
    expect([2, 3].map((callers) => subject.mostPreemptions(callers))).toEqual(most);
  });
});

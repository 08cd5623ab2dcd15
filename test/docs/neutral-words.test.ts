import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const SOURCES = new URL('../../src/', import.meta.url);

/** What the built-in target alone calls its tables, columns and strategies. */
const WORDS =
  /batch_essay_trackers|essay_states|slot_assignments|event_outbox|text_storage|correlation_id|essay|tracker|inventor|\blegacy\b|'cte'/gi;

/** Words that a file may have all the same, and why. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  // The library exports the type of that name: it is the built-in engine's interface.
  'src/index.ts': ['inventor'],
};

/** The lines of a file that know the built-in target. */
function told(path: string, text: string): string[] {
  const allowed = EXCEPTIONS[path] ?? [];
  return text.split('\n').flatMap((line, index) => {
    const found = [...line.matchAll(WORDS)].map(([word]) => word.toLowerCase());
    const refused = found.filter((word) => !allowed.includes(word));
    return refused.map((word) => `${path}:${index + 1}: ${word}`);
  });
}

it('finds a word of the built-in target wherever one is planted', () => {
  const planted = [
    'const essayId = 1;',
    '/** The tracker of a batch. */',
    "const INVENTORIES = ['slots'];",
    'select * from event_outbox, slot_assignments',
    "if (strategy === 'legacy') return 'cte';",
    'type Inventory = string;',
    'no document has a correlation_id',
  ].join('\n');
  expect(told('src/verify/planted.ts', planted)).toEqual([
    'src/verify/planted.ts:1: essay',
    'src/verify/planted.ts:2: tracker',
    'src/verify/planted.ts:3: inventor',
    'src/verify/planted.ts:4: event_outbox',
    'src/verify/planted.ts:4: slot_assignments',
    'src/verify/planted.ts:5: legacy',
    "src/verify/planted.ts:5: 'cte'",
    'src/verify/planted.ts:6: inventor',
    'src/verify/planted.ts:7: correlation_id',
  ]);
  expect(told('src/index.ts', "export type { Inventory, Essay } from './a.js';")).toEqual([
    'src/index.ts:1: essay',
  ]);
  expect(told('src/cli/run.ts', 'els-assign run --strategy cte')).toEqual([]);
});

it('no code outside the room of the built-in target knows its tables, columns and strategies', () => {
  const paths = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !path.startsWith('targets/els/'),
  );
  expect(paths.length).toBeGreaterThan(200);
  const found = paths.flatMap((path) => told(`src/${path}`, readFileSync(new URL(path, SOURCES), 'utf8')));
  expect(found).toEqual([]);
});

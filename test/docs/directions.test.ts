import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { expect, it } from 'vitest';
import config, { MAY_IMPORT } from '../../.dependency-cruiser.js';

/** The rules that a tree of sources breaks, by name. */
async function brokenRules(files: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'els-directions-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const { forbidden = [], options } = config;
    const { output } = await cruise(['src'], {
      ...options,
      tsConfig: {},
      ...{ baseDir: folder, validate: true, ruleSet: { forbidden } },
    });
    return (output as ICruiseResult).summary.violations.map(({ rule }) => rule.name);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const TARGET = { 'src/base/clock.ts': 'export type Clock = number;' };

it('lets a room import what lies below it', async () => {
  const above = "import type { Clock } from '../base/clock.js';\nexport type Time = Clock;\n";
  expect(await brokenRules({ ...TARGET, 'src/domain/time.ts': above })).toEqual([]);
});

it.each([
  [
    'a type of a room above',
    'src/base/time.ts',
    "import type { A } from '../domain/a.js'; export type B = A;",
  ],
  ['a value of a room beside', 'src/compare/time.ts', "export { a } from '../report/a.js';"],
  ['a module that is loaded later', 'src/gate/time.ts', "export const a = () => import('../app/a.js');"],
])('refuses %s', async (_, path, text) => {
  const other = 'export type A = number; export const a = 1;';
  const others = ['domain', 'report', 'app'].map((room): [string, string] => [`src/${room}/a.ts`, other]);
  const room = path.split('/')[1];
  expect(await brokenRules({ ...Object.fromEntries(others), [path]: text })).toEqual([`room-${room}`]);
});

it('lets a room within another one import what that may not, and not be imported by it', async () => {
  const files = {
    'src/report/a.ts': 'export type A = number;',
    'src/targets/els/commands/b.ts': "import type { A } from '../../../report/a.js'; export type B = A;",
    'src/targets/els/c.ts': "import type { B } from './commands/b.js'; export type C = B;",
  };
  expect(await brokenRules(files)).toEqual(['room-targets/els']);
});

it('refuses a circle, of types too', async () => {
  const files = {
    'src/gate/a.ts': "import type { B } from './b.js'; export type A = B | 1;",
    'src/gate/b.ts': "import type { A } from './a.js'; export type B = A | 2;",
  };
  expect(new Set(await brokenRules(files))).toEqual(new Set(['no-circle']));
});

it('refuses a room that nothing is said of, a report that may write files, and a package in the domain', async () => {
  const writing = "import { writeFileSync } from 'node:fs'; export const write = writeFileSync;";
  const files = {
    ...TARGET,
    'src/attic/a.ts': "import type { Clock } from '../base/clock.js'; export type A = Clock;",
    'src/report/a.ts': writing,
    'src/domain/a.ts': "import { z } from 'zod'; export const a = z;",
    'node_modules/zod/package.json': '{ "name": "zod", "main": "index.js" }',
    'node_modules/zod/index.js': 'exports.z = 1;',
  };
  const broken = await brokenRules(files);
  expect(broken.sort()).toEqual(['base-needs-no-package', 'known-rooms', 'reports-write-no-file']);
});

/** The edges that do not follow from others. */
function reduced(edges: readonly (readonly [string, string])[]): string[] {
  const below = (room: string): Set<string> =>
    new Set(edges.filter(([from]) => from === room).flatMap(([, to]) => [to, ...below(to)]));
  const kept = edges.filter(
    ([from, to]) => !edges.some(([other, next]) => other === from && next !== to && below(next).has(to)),
  );
  return kept.map(([from, to]) => `${from} --> ${to}`).sort();
}

/** The edges of a drawing, as Mermaid writes them: `a --> b & c[name] --> d`. */
function drawnEdges(lines: readonly string[]): (readonly [string, string])[] {
  const names = new Map(
    lines
      .flatMap((line) => [...line.matchAll(/(\w+)\[(.+?)\]/g)])
      .map(([, id = '', name = '']) => [id, name]),
  );
  const roomsOf = (nodes: string) =>
    nodes
      .split('&')
      .map((node) => node.trim().replace(/\[.*/, ''))
      .map((id) => names.get(id) ?? id);
  return lines.flatMap((line) => {
    const stages = line.split('-->').map(roomsOf);
    return stages
      .slice(1)
      .flatMap((to, index) =>
        to.flatMap((below) => (stages[index] ?? []).map((from) => [from, below] as const)),
      );
  });
}

it('docs/architecture.md draws which room may import which, and no edge that follows from others', () => {
  const document = readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8');
  const lines = /flowchart TD\n(.*?)```/s.exec(document)?.[1]?.trimEnd().split('\n') ?? [];
  const isCommon = (room: string) => room === 'domain' || room === 'base';
  const allowed = Object.entries(MAY_IMPORT).flatMap(([from, others]) =>
    others.map((to) => [from, to] as const),
  );
  const drawn = drawnEdges(lines).filter(([, to]) => !isCommon(to));
  expect(drawn.map(([from, to]) => `${from} --> ${to}`).sort()).toEqual(
    reduced(allowed.filter(([, to]) => !isCommon(to))),
  );
});

it('docs/architecture.md tells every room and what it may import', () => {
  const document = readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8');
  const rows = [...document.matchAll(/^\| `([\w/]+)` \| .* \|(.*)\|$/gm)];
  const told = rows.map(([, room = '', others = '']) => [room, others.split(',').map((each) => each.trim())]);
  const rules = Object.entries(MAY_IMPORT).map(([room, others]) => [room, others.length > 0 ? others : ['']]);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(rules));
});

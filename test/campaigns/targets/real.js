/**
 * `npm run targets:real`: software that others use, as it is: pg-boss and Graphile Worker, of which each call fetches a job
 * and completes it; the seats of docs/examples by drizzle-orm, kysely and knex. More calls than slots, and a closed loop, ROUNDS
 * times (3). All must be valid. Prints a table in Markdown with their figures, of the closed loop of the middle throughput.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileOf, withTool } from './tool.js';

const FEW = ['--workers', '2', '--connections', '4'];
const LOADS = [
  ['--scenario', 'overflow', '--slots', '100', '--contents', '200'],
  // As many jobs as nobody fetches in that time.
  ['--scenario', 'sustained', '--duration', '3s', '--batches', '4', '--slots', '10000'],
];
const DUPLICATES = ['--scenario', 'idempotent-duplicates', '--contents', '6', '--slots', '60'];

/** The examples stand where their libraries are not installed: they are run as copies of their folders. */
async function copyExamples() {
  const folder = await mkdtemp(fileOf('test/campaigns/targets/examples-'));
  await cp(fileOf('docs/examples'), folder, { recursive: true });
  return folder;
}

const { ROUNDS = '3' } = process.env;
if (!/^[1-9]\d?$/.test(ROUNDS)) {
  console.error('usage: ROUNDS=<1 to 99> npm run targets:real');
  process.exit(2);
}
const examples = await copyExamples();
const example = (name) => relative(fileOf('.'), join(examples, name, `${name}.target.ts`));
const TARGETS = [
  { path: 'test/campaigns/targets/real/pg-boss.target.js', loads: LOADS },
  { path: 'test/campaigns/targets/real/graphile-worker.target.js', loads: LOADS },
  { path: example('drizzle'), loads: [DUPLICATES, ...LOADS] },
  { path: example('kysely'), loads: [DUPLICATES, ...LOADS] },
  { path: example('knex'), loads: [DUPLICATES, ...LOADS] },
];

const rows = [];
try {
  await withTool(async (run) => {
    for (const { path, loads } of TARGETS) {
      const runs = [];
      for (const load of loads) runs.push(...(await run(path, [...load, ...FEW, '--rounds', ROUNDS])).runs);
      const valid = runs.filter(({ verdict }) => verdict === 'valid');
      for (const { verdict, notes } of runs)
        if (verdict !== 'valid') console.error(`${path}: ${notes.join('; ')}`);
      const loops = runs.filter(({ plan }) => plan.arrival === 'closed');
      loops.sort((a, b) => a.throughputPerSecond - b.throughputPerSecond);
      rows.push({ runs, valid, loop: loops[Math.floor(loops.length / 2)] });
      console.error(`${runs[0].strategy}: ${valid.length} of ${runs.length} valid`);
    }
  });
} finally {
  await rm(examples, { recursive: true, force: true });
}

const ms = (micros) => (micros / 1_000).toFixed(1);
console.log(
  '\n| target | runs | calls | valid | calls a second | p50, ms | p95, ms |\n|---|---:|---:|---:|---:|---:|---:|',
);
for (const { runs, valid, loop } of rows) {
  const calls = runs.reduce((sum, { assignments }) => sum + assignments, 0);
  const { p50, p95 } = loop.latencyMicros;
  const figures = [loop.throughputPerSecond.toFixed(0), ms(p50), ms(p95)].join(' | ');
  console.log(`| ${loop.strategy} | ${runs.length} | ${calls} | ${valid.length} | ${figures} |`);
}
process.exitCode = rows.every(({ runs, valid }) => valid.length === runs.length) ? 0 : 1;

/**
 * `npm run targets:cost`: what the tool costs beside the code under test: seats of docs/examples under one worker, and in a
 * loop that does nothing else, in turn, ROUNDS times (6), for MILLIS (3000) and for three times as long. Prints the CPU of a
 * call of both in the shorter time, in which V8 compiles their code, and that of the calls which the longer time has more;
 * and the medians of the rounds' differences.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { median } from '#els/base/median.js';
import { fileOf, withTool } from './tool.js';

const { ROUNDS = '6', MILLIS = '3000' } = process.env;
const SEATS = 'docs/examples/seats/seats.target.ts';
const [CONNECTIONS, BATCHES, SLOTS] = ['8', '40', '2000'];
const FLAGS = [
  ...['--scenario', 'sustained', '--workers', '1'],
  ...['--connections', CONNECTIONS, '--batches', BATCHES, '--slots', SLOTS],
];

/** With the password that the server's file holds. */
async function withPassword(serverUrl) {
  const url = new URL(serverUrl);
  const passfile = url.searchParams.get('passfile') ?? '';
  url.password = (await readFile(passfile, 'utf8')).trim().split(':').at(-1) ?? '';
  url.searchParams.delete('passfile');
  return url.href;
}

async function loopFor(millis, DATABASE_URL) {
  const program = [
    '--import',
    fileOf('test/campaigns/els-modules.js'),
    fileOf('test/campaigns/targets/bare-loop.js'),
  ];
  const args = [...program, fileOf(SEATS), CONNECTIONS, BATCHES, SLOTS, String(millis)];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, DATABASE_URL },
  });
  const { calls, cpuMicros, elapsedMs } = JSON.parse(stdout);
  return { calls, cpu: cpuMicros, rate: calls / (elapsedMs / 1_000) };
}

async function toolFor(millis, run) {
  const [result] = (await run(SEATS, [...FLAGS, '--duration', `${millis}ms`])).runs;
  const { verdict, client, assignments, throughputPerSecond, notes } = result;
  if (verdict !== 'valid') throw new Error(`verdict ${verdict}: ${notes.join('; ')}`);
  return { calls: assignments, cpu: client.cpuMicrosPerCall * assignments, rate: throughputPerSecond };
}

/** CPU of a call at first, and of those after it. */
async function measure(makeFor) {
  const short = await makeFor(Number(MILLIS));
  const long = await makeFor(3 * Number(MILLIS));
  return {
    first: short.cpu / short.calls,
    later: (long.cpu - short.cpu) / (long.calls - short.calls),
    rate: long.rate,
  };
}

const shown = ({ first, later }) =>
  `${first.toFixed(1)} µs of CPU a call at first, ${later.toFixed(1)} µs later`;

await withTool(async (run, serverUrl) => {
  const url = await withPassword(serverUrl);
  const makers = { tool: (millis) => toolFor(millis, run), loop: (millis) => loopFor(millis, url) };
  const rounds = [];
  for (let round = 0; round < Number(ROUNDS); round++) {
    const both = {};
    for (const who of round % 2 ? ['loop', 'tool'] : ['tool', 'loop']) both[who] = await measure(makers[who]);
    rounds.push(both);
    console.log(`round ${round + 1}: tool ${shown(both.tool)} · loop ${shown(both.loop)}`);
  }
  const middle = (read) => median(rounds.map(read));
  for (const who of ['tool', 'loop']) {
    const [first, later] = [middle((each) => each[who].first), middle((each) => each[who].later)];
    console.log(`${who} ${shown({ first, later })}`);
  }
  const first = middle(({ tool, loop }) => tool.first - loop.first);
  const later = middle(({ tool, loop }) => tool.later - loop.later);
  console.log(`the tool takes ${first.toFixed(1)} µs more a call at first, ${later.toFixed(1)} µs later`);
  console.log(
    `its throughput / the loop's is ${middle(({ tool, loop }) => tool.rate / loop.rate).toFixed(2)}`,
  );
});

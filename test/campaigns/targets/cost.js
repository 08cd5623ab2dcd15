/**
 * `npm run targets:cost`: what the tool costs beside the code under test: seats of docs/examples under one worker, and in a
 * loop that does nothing else, in turn, ROUNDS times (6) for MILLIS (3000) each. Prints the CPU of a call of both, and the
 * median of the rounds' differences.
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
  ...['--scenario', 'sustained', '--duration', `${MILLIS}ms`, '--workers', '1'],
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

async function loopOnce(DATABASE_URL) {
  const program = [
    '--import',
    fileOf('test/campaigns/els-modules.js'),
    fileOf('test/campaigns/targets/bare-loop.js'),
  ];
  const args = [...program, fileOf(SEATS), CONNECTIONS, BATCHES, SLOTS, MILLIS];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, DATABASE_URL },
  });
  const { calls, cpuMicros, elapsedMs } = JSON.parse(stdout);
  return { cpu: cpuMicros / calls, rate: calls / (elapsedMs / 1_000) };
}

async function toolOnce(run) {
  const [{ verdict, client, throughputPerSecond, notes }] = (await run(SEATS, FLAGS)).runs;
  if (verdict !== 'valid') throw new Error(`verdict ${verdict}: ${notes.join('; ')}`);
  return { cpu: client.cpuMicrosPerCall, rate: throughputPerSecond };
}

await withTool(async (run, serverUrl) => {
  const url = await withPassword(serverUrl);
  const rounds = [];
  for (let round = 0; round < Number(ROUNDS); round++) {
    const both = {};
    for (const who of round % 2 ? ['loop', 'tool'] : ['tool', 'loop']) {
      both[who] = await (who === 'tool' ? toolOnce(run) : loopOnce(url));
    }
    rounds.push(both);
    const shown = ['tool', 'loop'].map(
      (who) => `${who} ${both[who].cpu.toFixed(1)} µs, ${both[who].rate.toFixed(0)}/s`,
    );
    console.log(`round ${round + 1}: ${shown.join(' · ')}`);
  }
  const middle = (read) => median(rounds.map(read));
  const more = middle(({ tool, loop }) => tool.cpu - loop.cpu);
  console.log(
    `tool ${middle(({ tool }) => tool.cpu).toFixed(1)} µs, loop ${middle(({ loop }) => loop.cpu).toFixed(1)} µs of CPU a call`,
  );
  console.log(
    `the tool takes ${more.toFixed(1)} µs more a call; its throughput / the loop's is ${middle(({ tool, loop }) => tool.rate / loop.rate).toFixed(2)}`,
  );
});

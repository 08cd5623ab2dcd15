import { once } from 'node:events';
import type { Command } from 'commander';
import { withEmbeddedServer } from '../app/server.js';
import { printLine, printResult } from './console.js';
import { stoppable } from './stop-signal.js';

const HELP = `
The URL is the only line on stdout. Its password is in a file for its owner alone, which the URL names, so that psql and
--database-url take the URL as it is. Other commands share the server meanwhile; it stops when the last one has ended.

Example:
  els-assign server`;

/** `els-assign server` */
export function addServer(program: Command): void {
  program
    .command('server')
    .description('keep the embedded server up and print its URL, until Ctrl-C or the end of stdin')
    .addHelpText('after', HELP)
    .action(runServer);
}

async function runServer(): Promise<void> {
  await stoppable((stop) =>
    withEmbeddedServer(process.env, async (url, gone) => {
      await printResult(`${url}\n`);
      printLine('the embedded server runs until Ctrl-C or the end of stdin');
      await stopped(AbortSignal.any([stop, gone]));
    }),
  );
}

/** A terminal is not read: a command in the background would be stopped by it. */
async function stopped(stop: AbortSignal): Promise<void> {
  if (stop.aborted) return;
  const ends = [once(stop, 'abort')];
  const { stdin } = process;
  if (!stdin.isTTY) ends.push(once(stdin.resume(), 'close'));
  try {
    await Promise.race(ends);
  } finally {
    stdin.pause();
  }
}

import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectRefused, type BadInput } from './bad-input.js';
import { failureOf, runDocumentOf } from './document.js';
import { fingerprint, useOwnDatabase } from './own-database.js';
import { startGroup, untilUnderWay } from './signalled.js';
import { useTemporaryFolder } from './temporary-folder.js';
import { IS_LONG } from '../support/long.js';

const database = useOwnDatabase();
const files = useTemporaryFolder();

beforeAll(async () => {
  expect((await database.run(['setup'])).code).toBe(0);
});

const FEW = ['--workers', '2', '--connections', '4'];
const BURST = ['run', '--strategy', 'cte', '--scenario', 'cross-instance', ...FEW];
const LONG = [
  ...['run', '--strategy', 'cte', '--scenario', 'sustained', '--duration', '30s', '--batches', '60'],
  ...FEW,
];

describe('--html', () => {
  it('writes the page beside the usual output', async () => {
    const path = files.path('run.html');
    const finished = await database.run([...BURST, '--json', '--html', path]);
    expect({ code: finished.code, passed: runDocumentOf(finished).passed }).toEqual({
      code: 0,
      passed: true,
    });
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('<title>els-assign run: PASSED</title>');
    expect(text).toContain('cross-instance');
  });

  const missing = files.path('missing/run.html');
  const refused: readonly BadInput[] = [
    { name: 'run', args: [...BURST, '--html', missing], says: ['--html', 'no such file or directory'] },
    {
      name: 'compare',
      args: ['compare', '--scenario', 'overflow', '--html', '/dev/null'],
      says: ['--html', 'not a regular file'],
    },
  ];
  it.each(refused)('is refused before the load where it cannot be written: $name', async (input) => {
    const untouched = { database, before: await fingerprint(database), missingSchema: 'no_such_schema' };
    await expectRefused(input, untouched);
  });

  it('keeps what there is when a signal ends the run', IS_LONG, async () => {
    const path = files.path('stopped.html');
    const args = database.withSchema([...LONG, '--html', path]);
    const group = startGroup(args, { DATABASE_URL: database.url });
    await untilUnderWay(database);
    expect(existsSync(path)).toBe(false);
    group.signalGroup('SIGINT');
    expect((await group.end()).code).toBe(130);
    expect(readFileSync(path, 'utf8')).toMatch(/FAILED[^<]*1 run[^<]*interrupted by SIGINT/);
    expect(readdirSync(dirname(path)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('that can be written no longer is exit code 3, with the results', IS_LONG, async () => {
    const folder = files.folder('vanishing');
    const args = database.withSchema([...LONG, '--json', '--html', join(folder, 'run.html')]);
    const shorter = args.map((arg) => (arg === '30s' ? '1s' : arg));
    const group = startGroup(shorter, { DATABASE_URL: database.url });
    await untilUnderWay(database);
    rmSync(folder, { recursive: true });
    const finished = await group.end();
    expect(finished.code).toBe(3);
    expect(failureOf(finished)).toMatchObject({ code: 'report_not_written' });
    expect(finished.stdout).toContain('"scenario": "sustained"');
  });
});

import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { useOwnDatabase } from './own-database.js';
import { startOnTerminal, type TerminalSize } from './pseudo-terminal.js';
import { useTemporaryFolder } from './temporary-folder.js';

const database = useOwnDatabase();
const files = useTemporaryFolder();

beforeAll(async () => {
  expect((await database.run(['setup'])).code).toBe(0);
});

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
/** What the bar begins with. */
const COLOUR = '\u001b[36m';
/** What the region looks like once a second is over: workers have told of their calls, rare as they are. */
const PACE = /[1-9][\d,.]* per s · p50 \d\S+ · p99 \d\S+/;

/** Far fewer calls in a second than workers tell at once without being asked. */
const load = (duration: string) => [
  ...['run', '--strategy', 'inventory', '--scenario', 'sustained', '--duration', duration],
  ...['--workers', '2', '--connections', '1', '--rtt-ms', '5', '--batches', '10'],
];

const start = (
  name: string,
  args: readonly string[],
  env: Record<string, string> = {},
  size?: TerminalSize,
) =>
  startOnTerminal(database.withSchema(args), { DATABASE_URL: database.url, ...env }, files.path(name), size);

/** What the terminal holds besides the name of its device, which the session prints first. */
const withoutDevice = (screen: readonly string[]) => screen.slice(1);

describe('a load on a terminal', () => {
  it('is shown in a region that is gone afterwards, whatever became of the terminal’s width', async () => {
    const session = start('region.sh', load('2500ms'));
    await session.until(PACE);
    await session.resize(25);
    const { code, written, screen } = await session.end();

    expect(code).toBe(0);
    expect(stripVTControlCharacters(written)).toMatch(/█░+ \d+% · \d\.\ds/);
    expect(written).toMatch(/created [\d,]+/);
    expect(written).toContain(COLOUR);
    expect(withoutDevice(screen)).toEqual([
      expect.stringMatching(/^\[1\/1\] sustained · inventory · seed \d+$/),
    ]);
    expect(written.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(written.lastIndexOf(HIDE_CURSOR));
    expect(written).toContain(HIDE_CURSOR);
  });

  it('is drawn as on 80 columns where the terminal says that it has none', async () => {
    const session = start('no-size.sh', load('2500ms'), {}, { columns: 0, rows: 0 });
    await session.until(PACE);
    await session.resize(0);
    const { code, written, screen } = await session.end();

    expect(code).toBe(0);
    expect(stripVTControlCharacters(written)).toMatch(/█░+ \d+% · \d\.\ds/);
    expect(withoutDevice(screen)).toEqual([expect.stringMatching(/^\[1\/1\] sustained/)]);
  });

  it('shows the rate that an open loop asks for and what it skips, while it runs', async () => {
    const args = [
      ...['run', '--strategy', 'inventory', '--duration', '2500ms', '--workers', '2', '--connections', '1'],
      ...['--rate', '200', '--rtt-ms', '40', '--latency-limit', '50ms', '--batches', '5'],
    ];
    const session = start('open.sh', args);
    await session.until(/ per s of 200 asked · p50 /);
    await session.until(/skipped [1-9]/);
    expect((await session.end()).code).toBe(0);
  });

  it('leaves the cursor and no region when Ctrl-C ends it; without colours where NO_COLOR is set', async () => {
    const session = start('interrupted.sh', load('30s'), { NO_COLOR: '1' });
    await session.until(PACE);
    session.pressCtrlC();
    const { code, written, screen } = await session.end();

    expect(code).toBe(130);
    expect(written).not.toContain(COLOUR);
    expect(withoutDevice(screen)).toEqual([
      expect.stringMatching(/^\[1\/1\] sustained · inventory · seed \d+$/),
      expect.stringMatching(/stopped by SIGINT/),
    ]);
    const [before = ''] = written.split('stopped by SIGINT');
    expect(before.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(before.lastIndexOf(HIDE_CURSOR));
  });

  it('is told in plain lines, one for 5 seconds, where the terminal is dumb', async () => {
    const session = start('dumb.sh', load('6500ms'), { TERM: 'dumb' });
    const { code, written, screen } = await session.end();

    expect(code).toBe(0);
    expect(written).not.toContain('\u001b[?');
    expect(withoutDevice(screen)).toEqual([
      expect.stringMatching(/^\[1\/1\] sustained/),
      expect.stringMatching(/^ {2}5\.0s · [1-9][\d,.]* per s · p50 \d\S+ · p99 \d\S+ · created [\d,]+$/),
    ]);
  });

  it('is not shown with --quiet', async () => {
    const { code, screen } = await start('quiet.sh', [...load('1500ms'), '--quiet']).end();
    expect({ code, said: withoutDevice(screen) }).toEqual({ code: 0, said: [] });
  });
});

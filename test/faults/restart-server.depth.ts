import { existsSync } from 'node:fs';
import { inject, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../database/embedded/support.js';
import { run } from '../support/command-line.js';
import { useTemporaryFolder } from '../cli/temporary-folder.js';
import { printed, violated } from '../verify/scenario-files.js';
import { toFaultRun, useFaultRuns } from './support.js';

const files = useTemporaryFolder();
const load = ['--scenario', 'sustained', '--duration', '1500ms', '--slots', '200'];
const restart = ['--fault', 'restart-server@300ms'];

describe.runIf(inject('embeddedHome') !== '')('the embedded server', () => {
  it('is shut down immediately and started again: nothing acknowledged is lost', async () => {
    const home = await temporaryFolder();
    const args = ['run', '--json', '--quiet', '--strategy', 'legacy', ...load, ...restart];
    const { document, run: result, faults } = toFaultRun(printed(await run(args, { ELS_ASSIGN_HOME: home })));
    expect(violated(result)).toEqual([]);
    expect(faults).toMatchObject([{ kind: 'restart-server', struck: true }]);
    expect(result.retriesByCode['connection']).toBeGreaterThan(0);
    expect({ verdict: document.verdict, code: document.code }).toEqual({ verdict: 'valid', code: 0 });
  });
});

describe('another server', () => {
  const { db, run: runHere } = useFaultRuns();

  it('is not believed to be restarted by a command that did something else', async () => {
    const mark = files.path('restarted');
    const { faults } = await runHere('cte', { faults: ['restart-server@60ms'] }, [
      '--restart-command',
      `touch ${mark}`,
    ]);
    expect(existsSync(mark)).toBe(true);
    const detail = 'the server was not restarted: it runs since the same moment';
    expect(faults).toMatchObject([{ kind: 'restart-server', struck: false, detail }]);
  });

  it('is not believed to be restarted when that command fails', async () => {
    const failing = await runHere('cte', { faults: ['restart-server@60ms'] }, [
      '--restart-command',
      'exit 7',
    ]);
    expect(failing.document.code).toBe(1);
    expect(failing.run.verdict).toBe('unknown');
    expect(failing.faults[0]).toMatchObject({
      struck: false,
      detail: '--restart-command exited with code 7',
    });
  });

  it('needs a command, and is left alone without', async () => {
    const where = ['--database-url', inject('databaseUrl'), '--schema', `${db.schema}_untouched`];
    const { code, stderr } = await run(['run', ...load, ...restart, ...where]);
    expect(code).toBe(2);
    expect(stderr).toBe(
      'els-assign: fault restart-server needs --restart-command on a server that is not the embedded one\n',
    );
    const created = await db.query('select 1 from pg_namespace where nspname = $1', [
      `${db.schema}_untouched`,
    ]);
    expect(created).toEqual([]);
  });
});

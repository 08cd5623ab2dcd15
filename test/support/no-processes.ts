import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Holds the line between unit tests and the others: what starts a process runs the bundle or a server, and a unit test
 * has neither.
 */
function refuse(): never {
  throw new Error('a unit test starts no process: name its file *.database.test.ts or *.cli.test.ts');
}

Object.assign(childProcess, { exec: refuse, execFile: refuse, execFileSync: refuse, execSync: refuse });
Object.assign(childProcess, { fork: refuse, spawn: refuse, spawnSync: refuse });
syncBuiltinESMExports();

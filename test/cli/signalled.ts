import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { EXECUTABLE, type Finished } from '../support/command-line.js';
import type { OwnDatabase } from './own-database.js';

const POLL_MS = 50;
/** Far longer than it takes; what takes longer hangs. */
const PATIENCE_MS = 30_000;

/** A command that leads a process group of its own, as one that a terminal started. */
export interface CommandGroup {
  readonly pid: number;
  /** Sends a signal to the command alone. */
  signal(signal: NodeJS.Signals): void;
  /** Sends a signal to the command and all its children: what Ctrl-C and `timeout` do. */
  signalGroup(signal: NodeJS.Signals): void;
  /** Resolves when the command has ended; one that takes too long is killed with its group, its code is null. */
  end(): Promise<Finished>;
  /** Whether any process of the group is left. */
  isLeft(): boolean;
}

export function startGroup(args: readonly string[], env: Record<string, string>): CommandGroup {
  const child = spawn(process.execPath, [EXECUTABLE, ...args], {
    detached: true,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('the executable could not be started');
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Finished>((resolve) =>
    child.once('close', (code) => resolve({ code, stdout, stderr })),
  );
  return {
    pid,
    signal: (signal) => void process.kill(pid, signal),
    signalGroup: (signal) => void process.kill(-pid, signal),
    async end() {
      const timer = setTimeout(() => process.kill(-pid, 'SIGKILL'), PATIENCE_MS);
      const finished = await ended;
      clearTimeout(timer);
      return finished;
    },
    isLeft() {
      try {
        return process.kill(-pid, 0);
      } catch {
        return false;
      }
    },
  };
}

/** Processes that another one started. */
export function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

/** Waits until a question to the database is answered with true. */
export async function until(question: () => Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await question().catch(() => false))) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    await sleep(POLL_MS);
  }
}

const ASSIGNED = `select 1 from run_batches join essay_states using (batch_id)
  where run_id not like '%warm-up' and text_storage_id is not null limit 30`;

/** Waits until a run has committed some assignments. */
export function untilUnderWay(database: OwnDatabase): Promise<void> {
  return until(async () => (await database.query(ASSIGNED)).length === 30, 'the run was under way');
}

const BACKENDS = `select pid from pg_stat_activity
  where application_name like 'els-assign%' and datname = current_database()`;
const ADVISORY = `select pid from pg_locks join pg_database d on d.oid = database
  where locktype = 'advisory' and datname = current_database()`;

/** Expects that no process, backend or advisory lock is left. */
export async function expectNobodyLeft(database: OwnDatabase, group: CommandGroup): Promise<void> {
  expect(group.isLeft()).toBe(false);
  await until(async () => (await database.query(BACKENDS)).length === 0, 'no backend was left');
  expect(await database.query(ADVISORY)).toEqual([]);
}

const TABLES = [
  'batch_essay_trackers',
  'slot_assignments',
  'essay_states',
  'event_outbox',
  'run_batches',
  'runs',
];

/** Expects that every table of the schema is empty. */
export async function expectNoRowLeft(database: OwnDatabase): Promise<void> {
  for (const table of TABLES) {
    const [row] = await database.query<{ n: number }>(`select count(*)::integer as n from ${table}`);
    expect({ table, rows: row?.n }).toEqual({ table, rows: 0 });
  }
}

import { ChildProgram } from '../../../../base/child-program.js';
import { Countdown } from '../../../../base/countdown.js';
import { programPath } from '../../../../base/package-files.js';
import type { BatchMigration } from '../migration.js';
import {
  MIGRATION_PROTOCOL,
  readMigrationMessage,
  type BatchStep,
  type FromMigration,
  type MigrationJob,
  type ToMigration,
} from './messages.js';

const PROGRAM = programPath('targets/els/migrate/process/program');
/** One that was told to stop and is still there after this long is killed. */
const STOP_DEADLINE_MS = 2_000;

/** How a process that migrates batches ended. */
export type MigrationEnd =
  | { readonly how: 'done'; readonly migrations: readonly BatchMigration[] }
  /** In words, for the end of a sentence that begins with the process. */
  | { readonly how: 'died'; readonly why: string };

/** How a migration is watched. */
export interface MigrationControl {
  /** Told which batches it finds marked, before its first step. */
  readonly onFound: (switching: readonly string[]) => void;
  /** Told each step. Returns how many milliseconds later the process is killed; undefined: it is not. */
  readonly onStep: (step: BatchStep) => number | undefined;
  /** Ends it early. */
  readonly stop: AbortSignal;
  /** How long it may tell nothing. */
  readonly quietMs: number;
  /** Another program in tests. */
  readonly program?: string | undefined;
}

/**
 * Migrates batches in a process of its own.
 *
 * @param job sent over the private channel: a connection string never shows in arguments or environment
 * @returns how the process ended, when it is gone
 */
export async function migrateInProcess(job: MigrationJob, control: MigrationControl): Promise<MigrationEnd> {
  const batchIds = new Set(job.batchIds);
  const child = new ChildProgram<ToMigration>(control.program ?? PROGRAM, (given) => {
    quiet.reset();
    const message = readMigrationMessage(given, batchIds);
    if (message === undefined) kill('sent no message of the protocol');
    else if (end === undefined) end = answer(child, message, control);
  });
  let end: MigrationEnd | undefined;
  const kill = (why: string) => {
    end ??= { how: 'died', why };
    child.kill();
  };
  const quiet = new Countdown(control.quietMs, 0, () =>
    kill(`said nothing for ${control.quietMs / 1_000} s`),
  );
  const onStop = () => {
    child.send({ type: 'stop' });
    setTimeout(() => kill('did not stop'), STOP_DEADLINE_MS).unref();
  };
  control.stop.addEventListener('abort', onStop, { once: true });
  child.send({ type: 'migrate', version: MIGRATION_PROTOCOL, job });
  if (control.stop.aborted) onStop();
  try {
    const { how } = await child.gone;
    return end ?? { how: 'died', why: how };
  } finally {
    quiet.stop();
    control.stop.removeEventListener('abort', onStop);
  }
}

/** @returns how it ended, where it did */
function answer(
  child: ChildProgram<ToMigration>,
  message: FromMigration,
  { onFound, onStep }: MigrationControl,
): MigrationEnd | undefined {
  switch (message.type) {
    case 'found':
      onFound(message.switching);
      return undefined;
    case 'step':
      killAfter(child, onStep({ batchId: message.batchId, step: message.step }));
      return undefined;
    case 'done':
      child.dismiss();
      return { how: 'done', migrations: message.migrations };
    case 'failed':
      child.dismiss();
      return { how: 'died', why: `failed: ${message.message}` };
  }
}

function killAfter(child: ChildProgram<ToMigration>, delayMs: number | undefined): void {
  if (delayMs === 0) child.kill();
  else if (delayMs !== undefined) setTimeout(() => child.kill(), delayMs);
}

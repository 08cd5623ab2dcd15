import type { FaultKind, MIGRATION_FAULT } from '../domain/fault.js';
import { loseReplies, resetConnections } from './connections.js';
import type { FaultOnCalls } from './context.js';
import { killBeforeCompletion, killBetweenTransactions } from './crash-points.js';
import { holdSnapshot } from './hold-snapshot.js';
import { killWorker } from './kill-worker.js';
import { lockSlots } from './lock-slots.js';
import { pauseWorker } from './pause-worker.js';
import { restartServer } from './restart-server.js';
import { terminateBackend } from './terminate-backend.js';

/** Kinds of faults that hit calls of a load. */
export type LoadFaultKind = Exclude<FaultKind, typeof MIGRATION_FAULT>;

/** What each of them needs, and how it is made ready. */
export const FAULTS_ON_CALLS: Readonly<Record<LoadFaultKind, FaultOnCalls>> = {
  'kill-worker': killWorker,
  'pause-worker': pauseWorker,
  'terminate-backend': terminateBackend,
  'restart-server': restartServer,
  'lock-slots': lockSlots,
  'hold-snapshot': holdSnapshot,
  'lose-replies': loseReplies,
  'reset-connections': resetConnections,
  'kill-between-transactions': killBetweenTransactions,
  'kill-before-completion': killBeforeCompletion,
};

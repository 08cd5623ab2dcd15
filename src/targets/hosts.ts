import { resolve } from 'node:path';
import type { ServerAddress } from '../database/address.js';
import { createPool, type DatabasePool } from '../database/pool.js';
import { ForeignBatches, UnrecordedBatches, type BatchRecords } from '../runs/foreign-batches.js';
import type { Pooling } from '../domain/run-result.js';
import type { Host } from '../target/host.js';
import type { Target } from '../target/target.js';
import { ElsHost } from './els/host.js';
import { ELS } from './els/target.js';
import { ModuleHost } from './module/host.js';
import { HostProcess, type HostedFile } from './module/host-process.js';
import type { HostAnswer } from './module/messages.js';
import { namedConnection } from './module/named-connection.js';
import { MODULE, NO_BULK, pathOf } from './module/target.js';
import { SqlHost } from './sql/host.js';
import { definitionOf, SQL } from './sql/target.js';
import { StepSessions, type StepLimits } from './step.js';

/** Where a target works. */
export interface HostPlace extends StepLimits {
  readonly address: ServerAddress;
  /** The tool's own schema in that database. */
  readonly schema: string;
  /** Whose transactions find the tool's own schema. */
  readonly pool: DatabasePool;
  /** What stands between the tool and the server. */
  readonly pooling: Pooling;
  /** Why runs of a target with a schema of its own are not recorded there; undefined: they are. */
  readonly notRecorded?: string | undefined;
}

/** What stands behind a target's instances, until it is closed. */
export interface OpenedHost {
  readonly host: Host;
  /** What the target was found not to have when it was opened, as `Target.lacks` says it. */
  readonly lacks: Target['lacks'];
  close(): Promise<void>;
}

/**
 * Opens what stands behind a target's instances, and has the target make its schema.
 *
 * @throws UsageError when the target's file is wrong, InfrastructureError when its code fails
 */
export function openHost(target: Target, place: HostPlace): Promise<OpenedHost> {
  return open(target, place, true);
}

/**
 * Opens the same where the target has been at work before: nothing of its schema is made, and no instance is opened to
 * look at it.
 *
 * @throws UsageError when the target's file is wrong, InfrastructureError when its code fails
 */
export function reopenHost(target: Target, place: HostPlace): Promise<OpenedHost> {
  return open(target, place, false);
}

async function open(target: Target, place: HostPlace, isFirst: boolean): Promise<OpenedHost> {
  switch (target.spec.kind) {
    case ELS:
      return { host: new ElsHost(place), lacks: {}, close: () => Promise.resolve() };
    case MODULE:
      return openModule(target, place, isFirst);
    case SQL:
      return openSql(target, place, isFirst);
    default:
      throw new Error(`there is no kind of target ${target.spec.kind}`);
  }
}

async function openModule(target: Target, place: HostPlace, isFirst: boolean): Promise<OpenedHost> {
  const process = await HostProcess.start(hostedFile(target, place));
  try {
    if (isFirst && process.description.hasSetup) await process.ask({ what: 'setup' });
    const { bulk } = isFirst ? await lookAtInstance(target, place) : { bulk: true };
    return {
      host: new ModuleHost(recordsOf(target, place), process),
      lacks: bulk ? {} : { bulk: NO_BULK },
      close: () => process.close(),
    };
  } catch (error) {
    await process.close();
    throw error;
  }
}

/**
 * Opens an instance to see what it has, in a process that ends with it: what it does not close when it is told to, or can
 * not be told to, is gone when batches are registered.
 */
async function lookAtInstance(target: Target, place: HostPlace): Promise<HostAnswer<'open'>> {
  const process = await HostProcess.start(hostedFile(target, place));
  try {
    return await process.ask({ what: 'open' });
  } finally {
    await process.close();
  }
}

function hostedFile({ spec }: Target, place: HostPlace): HostedFile {
  const sessions = new StepSessions(place);
  const connectionString = namedConnection(place.address.connectionString, sessions.applicationName);
  return { path: pathOf(spec), connectionString, sessions, limits: place };
}

async function openSql(target: Target, place: HostPlace, isFirst: boolean): Promise<OpenedHost> {
  const sessions = new StepSessions(place);
  const { applicationName } = sessions;
  const pool = createPool(place.address, { connections: 2, applicationName });
  const host = new SqlHost(recordsOf(target, place), pool, sessions, definitionOf(target.spec), place);
  try {
    if (isFirst) await host.setup();
    return { host, lacks: {}, close: () => pool.end() };
  } catch (error) {
    await pool.end();
    throw error;
  }
}

function recordsOf({ name, file = '' }: Target, { pool, notRecorded }: HostPlace): BatchRecords {
  return notRecorded === undefined
    ? new ForeignBatches(pool, { name, file: resolve(file) })
    : new UnrecordedBatches(notRecorded);
}

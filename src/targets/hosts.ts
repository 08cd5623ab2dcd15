import type { ServerAddress } from '../database/address.js';
import { createPool, type DatabasePool } from '../database/pool.js';
import { ForeignBatches } from '../runs/foreign-batches.js';
import type { Host } from '../target/host.js';
import type { Target } from '../target/target.js';
import { ElsHost } from './els/host.js';
import { ELS } from './els/target.js';
import { ModuleHost } from './module/host.js';
import { HostProcess } from './module/host-process.js';
import { MODULE, pathOf } from './module/target.js';
import { SqlHost } from './sql/host.js';
import { definitionOf, SQL } from './sql/target.js';

/** Where a target works. */
export interface HostPlace {
  readonly address: ServerAddress;
  /** The tool's own schema in that database. */
  readonly schema: string;
  /** Whose transactions find the tool's own schema. */
  readonly pool: DatabasePool;
}

/** What stands behind a target's instances, until it is closed. */
export interface OpenedHost {
  readonly host: Host;
  close(): Promise<void>;
}

/**
 * Opens what stands behind a target's instances, and has the target make its schema.
 *
 * @throws UsageError when the target's file is wrong, InfrastructureError when its code fails
 */
export async function openHost(target: Target, place: HostPlace): Promise<OpenedHost> {
  switch (target.spec.kind) {
    case ELS:
      return { host: new ElsHost(place), close: () => Promise.resolve() };
    case MODULE:
      return openModule(target, place);
    case SQL:
      return openSql(target, place);
    default:
      throw new Error(`there is no kind of target ${target.spec.kind}`);
  }
}

async function openModule(target: Target, { address, pool }: HostPlace): Promise<OpenedHost> {
  const process = await HostProcess.start(pathOf(target.spec), address.connectionString);
  try {
    if (process.description.hasSetup) await process.ask({ what: 'setup' });
    await process.ask({ what: 'check' });
    return {
      host: new ModuleHost(new ForeignBatches(pool), process),
      close: () => Promise.resolve(process.close()),
    };
  } catch (error) {
    process.close();
    throw error;
  }
}

async function openSql(target: Target, { address, pool: own }: HostPlace): Promise<OpenedHost> {
  const pool = createPool(address, { connections: 2, applicationName: 'els-assign host' });
  const host = new SqlHost(new ForeignBatches(own), pool, definitionOf(target.spec));
  try {
    await host.setup();
    return { host, close: () => pool.end() };
  } catch (error) {
    await pool.end();
    throw error;
  }
}

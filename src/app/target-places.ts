import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { withConnectionString } from '../database/address.js';
import { coordinatorPool } from '../database/coordinator-pool.js';
import { createDatabase } from '../database/create-database.js';
import { withClient } from '../database/on-pool.js';
import type { Host } from '../target/host.js';
import type { Target } from '../target/target.js';
import { openHost } from '../targets/hosts.js';
import type { Database } from './database.js';
import { setUpInTurn } from './set-up-in-turn.js';
import { prepareDatabase } from './setup.js';

/** Where a target works, and what stands behind its instances there. */
export interface TargetPlace {
  readonly database: Database;
  readonly host: Host;
}

/** The places of a command's targets. */
export interface Places {
  /** That the user named, or of the embedded server. */
  readonly main: Database;
  /** All, each once. */
  readonly databases: readonly Database[];
  readonly of: (target: Target) => TargetPlace;
}

/**
 * Makes a place ready for each target, for as long as the work lasts: its database, the tool's schema there, its own
 * set-up. On the embedded server each target with a schema of its own has a database of its own.
 *
 * @param database that the user named, or of the embedded server
 * @throws UsageError when the server or its host refuses a target, InfrastructureError when it fails
 */
export async function withPlaces<T>(
  database: Database,
  targets: readonly Target[],
  work: (places: Places) => Promise<T>,
): Promise<T> {
  const places = new Map<string, OpenedPlace>();
  try {
    for (const target of targets) {
      const key = keyOf(target);
      if (!places.has(key)) places.set(key, await open(database, target));
    }
    const databases = [...new Set([...places.values()].map((place) => place.database))];
    return await work({ main: database, databases, of: (target) => placeOf(places, target) });
  } finally {
    for (const place of places.values()) await place.close();
  }
}

interface OpenedPlace extends TargetPlace {
  close(): Promise<void>;
}

function placeOf(places: ReadonlyMap<string, TargetPlace>, target: Target): TargetPlace {
  const place = places.get(keyOf(target));
  if (place === undefined) throw new Error(`target ${target.name} has no place`);
  return place;
}

/** The targets without a schema of their own share one place. */
function keyOf({ file, hasOwnSchema }: Target): string {
  return hasOwnSchema ? resolve(file ?? '') : '';
}

async function open(database: Database, target: Target): Promise<OpenedPlace> {
  const own = database.embedded && target.hasOwnSchema ? await ownDatabase(database, target) : database;
  const closePool = () => (own === database ? Promise.resolve() : own.pool.end());
  try {
    await prepareDatabase(own, [target]);
    const openIt = () => openHost(target, own);
    const opened = await (target.hasOwnSchema ? setUpInTurn(own.pool, openIt) : openIt());
    return {
      database: own,
      host: opened.host,
      close: async () => {
        await opened.close();
        await closePool();
      },
    };
  } catch (error) {
    await closePool();
    throw error;
  }
}

/** Named by what the target is called and where its file is: two files of one name do not meet. */
async function ownDatabase(database: Database, target: Target): Promise<Database> {
  const digest = createHash('sha256')
    .update(resolve(target.file ?? ''))
    .digest('hex')
    .slice(0, 8);
  const name = `target_${target.name.replace(/[^A-Za-z0-9]+/g, '_').slice(0, 40)}_${digest}`.toLowerCase();
  await withClient(database.pool, (client) => createDatabase(client, name));
  const url = new URL(database.address.connectionString);
  url.pathname = `/${name}`;
  const address = withConnectionString(database.address.source, url.href);
  return { ...database, address, pool: coordinatorPool(address, database.schema, 'els-assign') };
}

import { resolve } from 'node:path';
import { createDatabase } from '../database/target-database.js';
import { withClient } from '../database/on-pool.js';
import type { Host } from '../target/host.js';
import type { Target } from '../target/target.js';
import { openHost } from '../targets/hosts.js';
import type { Database } from './database.js';
import { prepareDatabase, prepareRecords } from './setup.js';
import { databaseNameOf, openToolDatabase } from './tool-databases.js';
import { setUpInTurn } from './set-up-in-turn.js';

/** Where a target works, and what stands behind its instances there. */
export interface TargetPlace {
  readonly database: Database;
  readonly host: Host;
  /** What the target was found not to have when it was opened, as `Target.lacks` says it. */
  readonly lacks: Target['lacks'];
}

/** The places of a command's targets. */
export interface Places {
  /** That the user named, or of the embedded server. */
  readonly main: Database;
  /** All, each once. */
  readonly databases: readonly Database[];
  readonly of: (target: Target) => TargetPlace;
}

/** How places are opened. */
export interface Opening {
  /** Told of targets that are about to be opened: until then nothing of theirs has run on the database. */
  readonly onChecked: (targets: readonly Target[]) => void;
  /** When the command is to stop. */
  readonly stop: AbortSignal;
}

/**
 * Makes a place ready for each target, for as long as the work lasts: its database, the tool's schema there, its own
 * set-up. On the embedded server each target with a schema of its own has a database of its own.
 *
 * @param database that the user named, or of the embedded server
 * @throws UsageError when the server or its host refuses a target, InfrastructureError when it fails, and the reason of a
 *   stop that came before
 */
export async function withPlaces<T>(
  database: Database,
  targets: readonly Target[],
  opening: Opening,
  work: (places: Places) => Promise<T>,
): Promise<T> {
  const places = new Map<string, OpenedPlace>();
  try {
    for (const sharing of groupByPlace(targets)) {
      places.set(keyOf(sharing[0]), await open(database, sharing, opening));
    }
    const databases = [...new Set([...places.values()].map((place) => place.database))];
    return await work({ main: database, databases, of: (target) => placeOf(places, target) });
  } finally {
    await closeAll([...places.values()]);
  }
}

/** Closes every place, whatever becomes of the others; what went wrong first is thrown. */
async function closeAll(places: readonly { close(): Promise<void> }[]): Promise<void> {
  const closed = await Promise.allSettled(places.map((place) => place.close()));
  const failed = closed.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
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

type Sharing = [Target, ...Target[]];

function groupByPlace(targets: readonly Target[]): Sharing[] {
  const groups = new Map<string, Sharing>();
  for (const target of targets) {
    const group = groups.get(keyOf(target));
    if (group) group.push(target);
    else groups.set(keyOf(target), [target]);
  }
  return [...groups.values()];
}

/** @param sharing the targets of one place; those on the tool's own tables have one host */
async function open(
  database: Database,
  sharing: Sharing,
  { onChecked, stop }: Opening,
): Promise<OpenedPlace> {
  const [target] = sharing;
  const own = database.embedded && target.hasOwnSchema ? await ownDatabase(database, target) : database;
  const closePool = () => (own === database ? Promise.resolve() : own.pool.end());
  try {
    const notRecorded = await makeReady(own, sharing);
    onChecked(sharing);
    const openIt = () => openHost(target, { ...own, notRecorded, stop });
    const opened = await (target.hasOwnSchema ? setUpInTurn(own, openIt, stop) : openIt());
    return {
      database: own,
      host: opened.host,
      lacks: opened.lacks,
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

/** @returns why runs are not recorded there, where they need not be */
async function makeReady(database: Database, sharing: Sharing): Promise<string | undefined> {
  if (sharing[0].hasOwnSchema) return prepareRecords(database);
  await prepareDatabase(database, sharing);
  return undefined;
}

async function ownDatabase(database: Database, target: Target): Promise<Database> {
  const name = databaseNameOf(target);
  await withClient(database.pool, (client) => createDatabase(client, name));
  return openToolDatabase(database, name);
}

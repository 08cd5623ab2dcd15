import { link, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, isMissing } from '../../base/system-error.js';
import { isRunning } from './processes.js';

/**
 * Which supervisor may work on a folder. Claims are files `supervisor-<n>.json`; the highest number counts, for as
 * long as its process lives. A successor never deletes a dead claim to take its place, because between looking and
 * deleting it could hit a fresh one: it makes number n + 1, which only one can, and deletes the lower ones after.
 */
export interface Claim {
  readonly pid: number;
  /** The control port on 127.0.0.1. */
  readonly port: number;
  /** What a command must say on the control port. */
  readonly token: string;
}

const CLAIM_FILE = /^supervisor-(\d+)\.json$/;

/** The claim of the supervisor that works on `folder` now, if one does. */
export async function liveClaim(folder: string): Promise<Claim | undefined> {
  const claim = await readClaim(folder, await highestNumber(folder));
  return claim && (await isRunning(claim.pid, supervisorWords(folder))) ? claim : undefined;
}

/** Makes `claim`, of this process, the one that counts; false when another live supervisor has it. */
export async function makeClaim(folder: string, claim: Claim): Promise<boolean> {
  const highest = await highestNumber(folder);
  const holder = await liveClaim(folder);
  if (holder && holder.pid !== claim.pid) return false;
  const number = highest + 1;
  if (!(await createClaimFile(folder, number, claim))) return false;
  const numbers = await claimNumbers(folder);
  // A slow starter may have made a number that was made, outdated and deleted before.
  const outdated = numbers.some((other) => other > number);
  const leftovers = outdated ? [number] : numbers.filter((other) => other < number);
  await Promise.all(leftovers.map((other) => rm(claimFile(folder, other), { force: true })));
  return !outdated;
}

/** What the command line of a supervisor of `folder` contains, and no other process's does. */
export function supervisorWords(folder: string): string {
  return `supervisor.js ${folder}`;
}

/** Links a complete file into place: nobody reads half a claim, and only one process can make a number. */
async function createClaimFile(folder: string, number: number, claim: Claim): Promise<boolean> {
  const draft = join(folder, `supervisor-${number}.${claim.pid}.tmp`);
  await writeFile(draft, JSON.stringify(claim), { mode: 0o600 });
  try {
    await link(draft, claimFile(folder, number));
    return true;
  } catch (error) {
    // ENOENT: the one who got the claim has removed our temporary file.
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readClaim(folder: string, number: number): Promise<Claim | undefined> {
  try {
    return JSON.parse(await readFile(claimFile(folder, number), 'utf8')) as Claim;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function highestNumber(folder: string): Promise<number> {
  return Math.max(0, ...(await claimNumbers(folder)));
}

async function claimNumbers(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names.flatMap((name) => CLAIM_FILE.exec(name)?.slice(1).map(Number) ?? []);
}

function claimFile(folder: string, number: number): string {
  return join(folder, `supervisor-${number}.json`);
}

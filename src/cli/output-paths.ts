import { fstatSync, type BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Target } from '../target/target.js';
import { quote } from '../base/wording.js';
import { CONFIG_FILE } from '../config/load.js';
import { UsageError } from '../domain/errors.js';
import { isScenarioFile } from '../scenario/load.js';
import type { BaselineFlags } from './baseline.js';
import { targetOf } from './file-target.js';
import type { ReportFlags } from './reports.js';

/** Every flag of a command that names a file. */
interface PathFlags extends ReportFlags, BaselineFlags {
  readonly history?: string;
  readonly config?: string;
  readonly scenario?: readonly string[];
}

/** The targets of a command and the flag that names them. */
interface GivenTargets {
  readonly flag: string;
  readonly targets: readonly Target[];
}

interface NamedPath {
  readonly flag: string;
  readonly path: string;
}

interface KnownFile {
  /** As messages say it. */
  readonly name: string;
  readonly identity: string;
}

/**
 * Checks that no file that a command writes is one that it reads, or writes by another flag; by what the paths lead to,
 * also where nothing is there yet.
 *
 * @throws UsageError `same_file`
 */
export async function checkOutputPaths(flags: PathFlags, given: GivenTargets): Promise<void> {
  const known = [...standardStreams(), ...(await Promise.all(inputsOf(flags, given).map(toKnown)))];
  for (const output of outputsOf(flags)) {
    const file = await toKnown(output);
    const same = known.find(({ identity }) => identity === file.identity);
    if (same !== undefined) throw sameFile(file.name, same.name);
    known.push(file);
  }
}

function outputsOf({ junit, markdown, html, saveBaseline, history }: PathFlags): NamedPath[] {
  const paths = {
    '--junit': junit,
    '--markdown': markdown,
    '--html': html,
    '--save-baseline': saveBaseline,
    '--history': history,
  };
  return Object.entries(paths).flatMap(([flag, path]) => (path === undefined ? [] : [{ flag, path }]));
}

function inputsOf(
  { config, baseline, scenario = [] }: PathFlags,
  { flag, targets }: GivenTargets,
): NamedPath[] {
  const files = targets.flatMap(({ file }) => file ?? []);
  return [
    config === undefined
      ? { flag: 'configuration file', path: CONFIG_FILE }
      : { flag: '--config', path: config },
    ...(baseline === undefined ? [] : [{ flag: '--baseline', path: baseline }]),
    ...files.map((path) => ({ flag, path })),
    ...scenario.filter(isScenarioFile).map((path) => ({ flag: '--scenario', path })),
  ];
}

/** Where a shell has led standard output and standard error to files. */
function standardStreams(): KnownFile[] {
  const streams = { 'standard output': 1, 'standard error': 2 };
  return Object.entries(streams).flatMap(([name, descriptor]) => {
    const found = fstatSync(descriptor, { bigint: true });
    return found.isFile() ? [{ name, identity: inodeOf(found) }] : [];
  });
}

async function toKnown({ flag, path }: NamedPath): Promise<KnownFile> {
  return { name: `${flag} ${quote(path)}`, identity: await identityOf(path) };
}

/** A file that is there may have several names; one that is not will be where its path leads. */
async function identityOf(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found ? inodeOf(found) : targetOf(path).catch(() => resolve(path));
}

function inodeOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

function sameFile(name: string, other: string): UsageError {
  const accepted = 'for each output a file that is nothing else';
  return new UsageError('same_file', `${name} and ${other} lead to the same file; accepted: ${accepted}`);
}

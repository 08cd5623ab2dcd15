import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import type { RunResult, Verdict } from '#els/domain/run-result.js';
import type { Finished } from '../support/command-line.js';
import { runHosted } from '../support/hosted-command.js';

/** The path of a custom strategy in test/pitfalls/. */
export function pitfall(name: string): string {
  return fileURLToPath(new URL(`../pitfalls/${name}.sql`, import.meta.url));
}

/** Writes a burst without gates, so that the verdict alone decides. */
export async function burstFile(
  folder: string,
  name: string,
  counts: { slots: number; contents: number; deliveries: number; workers: number; connections: number },
): Promise<string> {
  const path = join(folder, `${name}.json`);
  const scenario = { name, description: 'made by a test', arrival: 'burst', gates: [], ...counts };
  await writeFile(path, JSON.stringify(scenario));
  return path;
}

/** What a finished `run --json` printed. */
export interface Printed {
  readonly code: number | null;
  readonly passed: boolean;
  readonly verdict: Verdict;
  readonly runs: readonly RunResult[];
}

export function printed({ code, stdout, stderr }: Finished): Printed {
  try {
    return { code, ...(JSON.parse(stdout) as Omit<Printed, 'code'>) };
  } catch (error) {
    throw new Error(`not one JSON document: ${stdout}\n${stderr}`, { cause: error });
  }
}

/** Runs `els-assign run --json` on the file's database. */
export async function runJson(
  { url, schema }: { url: string; schema: string },
  strategy: string,
  scenarios: readonly string[],
  more: readonly string[] = [],
): Promise<Printed> {
  const named = scenarios.flatMap((scenario) => ['--scenario', scenario]);
  const where = ['--database-url', url, '--schema', schema];
  return printed(
    await runHosted(['run', '--json', '--quiet', '--strategy', strategy, ...named, ...where, ...more]),
  );
}

/** Names of the invariants that a run violated. */
export function violated(result: RunResult | undefined): string[] {
  return (result?.invariants ?? []).filter(({ passed }) => !passed).map(({ name }) => name);
}

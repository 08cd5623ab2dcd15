import type { ClientBase } from 'pg';
import type { RolloutStep, Scenario } from '../domain/scenario.js';
import type { Target } from '../target/target.js';
import { BUILT_IN_STRATEGIES } from './els/engine/assignment.js';
import { checkCustomStrategy } from './els/engine/custom-strategy.js';
import { FLAGS, isBuiltIn, KNOWN_GOOD, resolveStrategy, strategyFromFlags } from './els/strategies.js';
import { ElsHost, type ElsPlace } from './els/host.js';
import { ELS, elsTarget, optionsOf, takingOver } from './els/target.js';
import { HostProcess } from './module/host-process.js';
import { isModulePath } from './module/path.js';
import { moduleTarget } from './module/target.js';
import { isTargetFilePath, readTargetFile } from './sql/file.js';
import { sqlTarget } from './sql/target.js';

/** The targets that need no file. */
export const TARGET_NAMES: readonly string[] = BUILT_IN_STRATEGIES;

/** The one of them that is run where nothing chooses another. */
export const DEFAULT_TARGET: string = KNOWN_GOOD;

/** The variables of the environment that choose a target where no flag does. */
export const TARGET_VARIABLES: readonly string[] = Object.values(FLAGS);

/**
 * Finds the target that a name or a file means.
 *
 * @throws UsageError when it is neither, or the file is refused
 */
export async function resolveTarget(nameOrFile: string, advisoryLocks: boolean): Promise<Target> {
  if (isTargetFilePath(nameOrFile)) return sqlTarget(await readTargetFile(nameOrFile));
  if (isModulePath(nameOrFile)) return describeModule(nameOrFile);
  return elsTarget({ strategy: await resolveStrategy(nameOrFile), advisoryLocks });
}

/** What a file of code says of itself, asked in a process of its own. */
async function describeModule(path: string): Promise<Target> {
  const host = await HostProcess.start({ path });
  await host.close();
  return moduleTarget(path, host.description);
}

/**
 * The target that the environment's variables choose.
 *
 * @throws UsageError when they contradict each other, or a name or value is none
 */
export function targetFromVariables(env: NodeJS.ProcessEnv): Target {
  return elsTarget(strategyFromFlags(env));
}

/** Where a rollout starts that nobody named a target for: the known-good one. */
export function startOfRollout(advisoryLocks: boolean): Target {
  return elsTarget({ strategy: { kind: 'built-in', name: KNOWN_GOOD }, advisoryLocks });
}

/** A step of a rollout with what it changes into. */
export type TargetStep = RolloutStep & { readonly target: Target };

/**
 * The steps of a scenario's rollout, one after the other; the target of each serves the batches of the one before it too.
 *
 * @param start what the run begins with
 * @throws Error for a name that is none: scenarios with one are refused
 */
export function rolledOut({ rollout }: Scenario, start: Target): TargetStep[] {
  let before = start;
  return (rollout?.steps ?? []).map((step) => {
    const { strategy: name } = step;
    if (!isBuiltIn(name)) throw new Error(`there is no target ${JSON.stringify(name)}`);
    before = takingOver({ kind: 'built-in', name }, before);
    return { ...step, target: before };
  });
}

/** What stands behind the instances of the built-in target. */
export type BuiltInHost = ElsHost;

/** What stands behind the instances of the built-in target, which is all that there is. */
export function builtInHost(place: ElsPlace): BuiltInHost {
  return new ElsHost(place);
}

/**
 * Has the server check a target, without executing anything of it.
 *
 * @throws UsageError when the server refuses it
 */
export async function checkTarget(client: ClientBase, { spec }: Target): Promise<void> {
  if (spec.kind !== ELS) return;
  const { strategy } = optionsOf(spec);
  if (strategy.kind === 'custom') await checkCustomStrategy(client, strategy);
}

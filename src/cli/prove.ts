import { Option, type Command } from 'commander';
import { requireSessions } from '../app/check-pooling.js';
import { withDatabase } from '../app/database.js';
import { prepareDatabase } from '../app/setup.js';
import type { Target } from '../target/target.js';
import { resolveTarget, TARGET_NAMES } from '../targets/resolve.js';
import { verdictPasses } from '../app/verdicts.js';
import { EXIT, UsageError } from '../domain/errors.js';
import { createColours } from '../report/colours.js';
import { renderProofJson } from '../report/json.js';
import { renderProof } from '../report/proof.js';
import { parseCount } from '../scenario/flag-values.js';
import { tellAbandoned } from './abandoned-notice.js';
import { printLine, printResult } from './console.js';
import { addConnectionOptions, addOutputOptions, type ConnectionFlags, type OutputFlags } from './options.js';
import { proofProgress } from './proof-progress.js';
import { tellRights } from './rights-notice.js';
import { signalExitCode, stoppable } from './stop-signal.js';
import { readTool } from './tool.js';

interface ProveFlags extends ConnectionFlags, OutputFlags {
  readonly strategy: string;
  readonly advisoryLocks?: boolean;
  readonly callers: 2 | 3;
  readonly maxSchedules: number;
  readonly preemptions?: number;
  readonly allowInconclusive?: boolean;
}

const HELP = `
Each statement outside a transaction is cut where PostgreSQL lets others in: between its execution and its
commit. Callers die, roll back or lose their reply; a foreign session holds the free slots and lets go.
With three callers a look for completion is one step: how looks meet is seen with two. Time stands still: that
a wait for a lock ends by the clock is not tried.

Examples:
  els-assign prove --strategy cte
  els-assign prove --strategy cte --callers 2 --preemptions 3
  els-assign prove --strategy ./mine.sql --json`;

/** `els-assign prove` */
export function addProve(program: Command, setExitCode: (code: number) => void): void {
  const command = program
    .command('prove')
    .description('drive two, then three callers through every interleaving of their steps; no luck involved')
    .requiredOption('--strategy <name|file>', `${TARGET_NAMES.join(', ')}, or the path of a SQL file`)
    .option('--advisory-locks', 'serialize calls with the same batch and content')
    .addOption(
      new Option('--callers <n>', 'most callers that meet')
        .choices(['2', '3'])
        .argParser(parseCallers)
        .default(3),
    )
    .option(
      '--preemptions <n>',
      'most preemptions of a schedule (default: all; of a call with many steps 2, or 1 with 3 callers)',
      parsePreemptions,
    )
    .option(
      '--max-schedules <n>',
      'most schedules of one configuration',
      parseCount('--max-schedules'),
      5_000,
    )
    .option('--allow-inconclusive', 'a proof that was cut off does not fail the command');
  addOutputOptions(addConnectionOptions(command))
    .addHelpText('after', HELP)
    .action(async (flags: ProveFlags) => setExitCode(await runProve(flags)));
}

function notProvable({ name }: Target): UsageError {
  const problem = `--strategy: ${name} has tables of its own, and only calls of one strategy on the tool's tables can be proven yet`;
  return new UsageError('not_provable', `${problem}; accepted: ${TARGET_NAMES.join(', ')}, or a SQL file`);
}

async function runProve(flags: ProveFlags): Promise<number> {
  const target = await resolveTarget(flags.strategy, flags.advisoryLocks ?? false);
  if (target.hasOwnSchema) throw notProvable(target);
  const { callers, maxSchedules, preemptions, json } = flags;
  const progress = proofProgress(flags);
  const proof = await stoppable((stop) =>
    withDatabase({ ...flags, env: process.env }, async (database) => {
      await requireSessions(database);
      await prepareDatabase(database, [target]);
      tellRights([target], flags);
      await tellAbandoned(database, flags);
      const task = { target, callers, maxSchedules, preemptions };
      const { prove } = await import('../app/prove.js');
      return prove(database, { ...task, stop, onProgress: progress.show }).finally(progress.end);
    }),
  );
  const { interrupted } = proof;
  const passed = !interrupted && verdictPasses(proof.verdict, flags.allowInconclusive ?? false);
  const colours = createColours(process.stdout, process.env);
  await printResult(json ? renderProofJson(proof, passed, readTool()) : renderProof(proof, colours));
  if (interrupted) {
    printLine(`stopped by ${interrupted}; the results are partial`);
    return signalExitCode(interrupted);
  }
  return passed ? EXIT.passed : EXIT.failed;
}

function parseCallers(text: string): 2 | 3 {
  if (text === '2' || text === '3') return Number(text) as 2 | 3;
  throw new UsageError('invalid_count', `--callers is ${JSON.stringify(text)}; accepted: 2 or 3`);
}

function parsePreemptions(text: string): number {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new UsageError(
    'invalid_count',
    `--preemptions is ${JSON.stringify(text)}; accepted: a whole number, 0 to 999`,
  );
}

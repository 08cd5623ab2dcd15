import { Command, CommanderError } from 'commander';
import { didYouMean, quote } from './base/wording.js';
import { EXIT, UsageError } from './domain/errors.js';
import { renderJsonError } from './report/json.js';
import { addClean } from './cli/clean.js';
import { addCompare } from './cli/compare.js';
import { addCompletion } from './cli/completion.js';
import { applyConfig } from './cli/config-flags.js';
import { printLine, printResult } from './cli/console.js';
import { toFailure } from './cli/failure.js';
import { refuseSecondValues } from './cli/given-once.js';
import { addInit } from './cli/init.js';
import { addMigrate } from './targets/els/commands/migrate.js';
import { addProve } from './cli/prove.js';
import { addRun } from './cli/run.js';
import { addRuns } from './cli/runs.js';
import { addScenarios } from './cli/scenarios.js';
import { addServer } from './cli/server.js';
import { addSetup } from './cli/setup.js';
import { addStatus } from './targets/els/commands/status.js';
import { readTool } from './cli/tool.js';
import { addVerify } from './cli/verify.js';

const HELP = `
Examples:
  els-assign compare                                          the strategies side by side, on a server of the tool's own
  els-assign run --strategy cte --scenario sustained          one strategy, one load
  els-assign run --strategy ./mine.sql --workers 6            a statement of your own
  els-assign init module                                      a target to start from: your code, your tables
  els-assign prove --strategy cte                             every interleaving of two and three callers
  els-assign help run                                         the flags of a command, their defaults and examples

Without --database-url, DATABASE_URL and PG* variables an embedded PostgreSQL is started, and stopped at the end.
Exit codes: 0 all held · 1 something did not · 2 bad input · 3 the surroundings failed · 130, 143 stopped.`;

/**
 * Runs the command line.
 *
 * @param args without node and script
 * @returns the exit code; nothing but bin/ sets it
 */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.passed;
  const program = createProgram((code) => {
    exitCode = code;
  });
  try {
    refuseHelpOnNothing(program, args);
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return complain(error, args.includes('--json'));
  }
}

/**
 * The command line with all its commands.
 *
 * @param setExitCode is told how a command exits that did not throw
 */
export function createProgram(setExitCode: (code: number) => void): Command {
  const { name, version } = readTool();
  const program = new Command(name)
    .description('Prove that a slot assignment strategy is correct across processes, and how fast it is')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help, with examples')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', HELP)
    .exitOverride()
    .hook('preAction', (_, command) => applyConfig(command))
    .configureOutput({ outputError: () => undefined });
  addSetup(program);
  addRun(program, setExitCode);
  addCompare(program, setExitCode);
  addProve(program, setExitCode);
  addScenarios(program);
  addVerify(program, setExitCode);
  addStatus(program);
  addRuns(program, setExitCode);
  addClean(program, setExitCode);
  addMigrate(program, setExitCode);
  addServer(program);
  addInit(program);
  addCompletion(program);
  for (const command of program.commands) {
    command.copyInheritedSettings(program);
    refuseSecondValues(command);
  }
  return program;
}

/** Of a command that there is not, commander would show the help of all. */
function refuseHelpOnNothing({ commands }: Command, [command, name]: readonly string[]): void {
  if (command !== 'help' || name === undefined || name.startsWith('-')) return;
  const names = commands.map((each) => each.name());
  if (names.includes(name)) return;
  const problem = `help of unknown command ${quote(name)}${didYouMean(name, names)}`;
  throw new UsageError('unknown_command', `${problem}; accepted: ${names.join(', ')}`);
}

/** One clear line on stderr, and the JSON document where one was asked for. */
async function complain(error: unknown, json: boolean): Promise<number> {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.passed;
  // Without a command the help has been shown on stderr.
  if (error instanceof CommanderError && error.code === 'commander.help') return EXIT.usage;
  const failure = toFailure(error);
  printLine(`els-assign: ${failure.message}`);
  for (const line of failure.below ?? []) printLine(line);
  if (json) await printResult(renderJsonError(failure, readTool()));
  return failure.exitCode;
}

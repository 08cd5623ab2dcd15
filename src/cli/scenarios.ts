import type { Command } from 'commander';
import { scenarioToShow } from '../app/scenarios.js';
import { listBuiltInScenarios } from '../scenario/load.js';
import { renderScenario, renderScenarioList } from '../report/scenarios.js';
import { printResult } from './console.js';

/** `els-assign scenarios [name|file]` */
export function addScenarios(program: Command): void {
  program
    .command('scenarios')
    .argument('[name|file]', 'show one of them with its gates')
    .description('list the built-in scenarios, or show one')
    .option('--json', 'print one JSON document instead of text')
    .addHelpText('after', '\nExamples:\n  els-assign scenarios\n  els-assign scenarios overflow')
    .action(runScenarios);
}

async function runScenarios(nameOrFile: string | undefined, flags: { json?: boolean }): Promise<void> {
  const shown = nameOrFile === undefined ? await listBuiltInScenarios() : await scenarioToShow(nameOrFile);
  if (flags.json) return printResult(`${JSON.stringify(shown, null, 2)}\n`);
  await printResult('gates' in shown ? renderScenario(shown) : renderScenarioList(shown));
}

import { Option, type Command } from 'commander';
import { openReference, renderBaseline, type Reference } from '../app/baseline.js';
import type { Target } from '../target/target.js';
import { quote } from '../base/wording.js';
import type { Report } from '../domain/run-result.js';
import type { Scenario } from '../domain/scenario.js';
import { printLine } from './console.js';
import { ReportFile } from './report-file.js';
import { readTool } from './tool.js';

export interface BaselineFlags {
  readonly baseline?: string;
  readonly baselineAnyway?: boolean;
  readonly saveBaseline?: string;
}

/** An earlier result to compare with, and where this one is kept for later. */
export interface Baselines {
  readonly reference: Reference | undefined;
  /** Keeps a result that passed, with every verdict valid; says so where it is not kept. */
  readonly save: (report: Report) => Promise<void>;
}

/** The options of what `openBaselines` opens; the steps of a sweep have no row in a baseline. */
export function addBaselineOptions(command: Command): Command {
  return command
    .optionsGroup('Baselines:')
    .addOption(
      new Option('--baseline <file>', 'fail where a load is slower than in an earlier result').conflicts(
        'sweep',
      ),
    )
    .option('--baseline-anyway', 'compare although scenario, settings or versions differ, with a warning')
    .addOption(
      new Option('--save-baseline <file>', 'keep the result for --baseline, if it passes').conflicts('sweep'),
    )
    .optionsGroup('Options:');
}

/**
 * Reads the baseline and checks where the new one is to go, before anything is measured.
 *
 * @param targets what each load runs under
 * @throws UsageError
 */
export async function openBaselines(
  { baseline: path, baselineAnyway: anyway = false, saveBaseline }: BaselineFlags,
  scenarios: readonly Scenario[],
  targets: readonly Target[],
): Promise<Baselines> {
  const reference =
    path === undefined ? undefined : await openReference({ path, anyway }, scenarios, targets);
  const file = saveBaseline === undefined ? undefined : await ReportFile.at('--save-baseline', saveBaseline);
  return {
    reference,
    async save(report) {
      if (file === undefined || saveBaseline === undefined) return;
      if (!report.passed || report.verdict !== 'valid') {
        printLine(`--save-baseline ${quote(saveBaseline)} was not written: the result did not pass`);
        return;
      }
      const about = { tool: readTool(), measuredAt: new Date().toISOString() };
      await file.write(renderBaseline(report, scenarios, about));
    },
  };
}

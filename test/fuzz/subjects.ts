import { verifyCalls } from '#els/app/verify.js';
import { readBaseline } from '#els/baseline/read-baseline.js';
import { shapeDifferences } from '#els/baseline/shape.js';
import { loadConfig } from '#els/config/load.js';
import { splitSql } from '#els/database/sql-text.js';
import { customStatement } from '#els/targets/els/engine/create-strategy.js';
import { readCustomStrategy } from '#els/targets/els/engine/custom-strategy.js';
import { evaluateGate, parseGate } from '#els/gate/index.js';
import { readHistory } from '#els/history/read-history.js';
import { createColours } from '#els/report/colours.js';
import { renderVerification } from '#els/report/verification.js';
import { loadScenario } from '#els/scenario/load.js';
import { expectedCounts } from '#els/workload/plan.js';
import { someRun, VALUES_OF_SOME_RUN } from '../gate/run.js';
import fc from '../support/fast-check.js';
import { hostileDocuments, hostileFiles, hostileTexts, type Input } from './hostile.js';
import { BASELINE, CONFIGURATION, GATES, HISTORY, SCENARIOS, STATEMENTS } from './samples.js';

/** A reader, and what is thrown at it. */
export interface Subject {
  readonly name: string;
  readonly inputs: fc.Arbitrary<Input>;
  /** Reads a file, and does with the result what the tool does before anything is started. */
  readonly read: (file: string) => Promise<unknown>;
}

/** A reader of text that lies in no file. */
export interface TextSubject {
  readonly name: string;
  readonly inputs: fc.Arbitrary<Input>;
  readonly readText: (text: string) => unknown;
}

const JSON_WORDS = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"a"',
  '"name"',
  '1',
  '-',
  '1e5',
  'null',
  'true',
  '"\\u0000"',
  '//',
];

function documents(...samples: readonly object[]): fc.Arbitrary<string> {
  const written = samples.map((sample) => JSON.stringify(sample, null, 2));
  return fc.oneof(hostileDocuments(samples), hostileTexts(written, JSON_WORDS));
}

/** One line of a history is spoilt, or the whole. */
const histories = fc.oneof(
  fc
    .constantFrom(...HISTORY.keys())
    .chain((at) =>
      hostileDocuments([HISTORY[at] ?? {}]).map((line) =>
        toLines(HISTORY.map((each, i) => (i === at ? line : each))),
      ),
    ),
  hostileTexts([toLines(HISTORY), toLines([...HISTORY, ...HISTORY])], JSON_WORDS),
);

function toLines(records: readonly (object | string)[]): string {
  return records.map((each) => `${typeof each === 'string' ? each : JSON.stringify(each)}\n`).join('');
}

const SQL_WORDS = [
  ...[
    '-- inventory: essays\n',
    'select',
    ':batch_id',
    '::text',
    ':low_water',
    ':"x"',
    '$1',
    '$$',
    '$t$',
    "'",
    "E'",
  ],
  ...['"', '\\', '/*', '*/', '--', ';', ':=', '[1:2]', "''", 'é', 'e', '1'],
];
const GATE_WORDS = [
  ...Object.keys(VALUES_OF_SOME_RUN),
  ...'+-*/()<>=!.,"'.split(''),
  '==',
  '5',
  '5ms',
  '1e9',
  'cte.',
  'é',
];

export const SUBJECTS: readonly (Subject | TextSubject)[] = [
  {
    name: 'a scenario file',
    inputs: hostileFiles(documents(...SCENARIOS)),
    read: async (file) => expectedCounts(await loadScenario(file)),
  },
  {
    name: 'a configuration file',
    inputs: hostileFiles(documents(CONFIGURATION)),
    read: loadConfig,
  },
  {
    name: 'a baseline file',
    inputs: hostileFiles(documents(BASELINE)),
    read: async (file) => {
      const { rows } = await readBaseline(file);
      const scenario = await loadScenario('sustained');
      return rows.map(({ shape }) => shapeDifferences(scenario, shape));
    },
  },
  {
    name: 'a history file',
    inputs: hostileFiles(histories),
    read: async (file) => {
      const report = await verifyCalls(readHistory(file));
      return renderVerification(report, true, createColours({}, {}), {});
    },
  },
  {
    name: 'a strategy file',
    inputs: hostileFiles(hostileTexts(STATEMENTS, SQL_WORDS)),
    read: async (file) => {
      const spec = await readCustomStrategy(file);
      customStatement(spec);
      const pieces = splitSql(spec.sql).map((piece) =>
        piece.kind === 'text' ? piece.text : `:${piece.name}`,
      );
      if (pieces.join('') !== spec.sql) throw new Error('the pieces of a statement are not its text');
    },
  },
  {
    name: 'a gate',
    inputs: hostileFiles(hostileTexts(GATES, GATE_WORDS)),
    readText: (text) => evaluateGate(parseGate(text), someRun()),
  },
];

import type { Counterexample, Proof, ScheduleStep } from '../domain/proof.js';
import { strategyLabel } from '../domain/rows.js';
import type { InvariantResult } from '../domain/run-result.js';
import { formatValue, plural } from './format.js';

/**
 * A failing schedule as a script for several psql windows. It is SQL with comments: each piece begins with a
 * line `-- window S1` or `-- step 3, window S2`, and says in which window it is to be run.
 */
export function counterexampleLines(proof: Proof, example: Counterexample): string[] {
  const windows = example.setup.map(({ session }) => `S${session}`);
  return [
    comment(`${strategyLabel(proof)} violates ${example.violated.map(({ name }) => name).join(', ')}`),
    comment(`configuration: ${example.configuration}; ${plural(example.preemptions, 'preemption')}`),
    ...example.violated.flatMap(witnessLines),
    ...example.calls.map(comment),
    `-- Open ${plural(windows.length, 'psql window')}: ${windows.join(', ')}. Run each piece in the window it names, in this`,
    '-- order; a step that waits goes on by itself when another lets it go. An embedded server is gone by then:',
    '-- `els-assign server` keeps it up and prints the URL for psql.',
    ...example.setup.flatMap(({ session, sql }) => piece(`window S${session}`, sql)),
    ...piece('window S1: register the batch', example.registration),
    ...example.steps.flatMap((step, position) => stepLines(step, position + 1)),
    ...piece(
      `window S${windows.length}: remove what the replay wrote, when you have seen it`,
      example.cleanup,
    ),
    '-- end of the script',
  ];
}

function witnessLines({ name, witnesses }: InvariantResult): string[] {
  return witnesses.map((witness) => {
    const cells = Object.entries(witness).map(([key, value]) => `${key}=${formatValue(value)}`);
    return comment(`${name}: ${cells.join(' ')}`);
  });
}

function stepLines({ session, sql, reply, waitedForStep }: ScheduleStep, number: number): string[] {
  const waits = waitedForStep === null ? [] : [`-- waits here until step ${waitedForStep}, then goes on`];
  const answer = reply === null ? [] : [comment(`returns: ${reply}`)];
  return [...piece(`step ${number}, window S${session}`, sql), ...waits, ...answer];
}

/** One line, so that nothing of what was read becomes SQL. */
function comment(text: string): string {
  return `-- ${text.replace(/\s+/g, ' ')}`;
}

function piece(title: string, sql: readonly string[]): string[] {
  return ['', `-- ${title}`, ...sql];
}

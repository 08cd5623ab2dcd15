/**
 * `npm run targets`: each wrong and each right target of test/targets/shipped under the load that fits, 20 times (TIMES).
 * A wrong one must be caught by its invariant each time, a right one must be valid each time. Prints a table in Markdown;
 * exit 1 when something of that does not hold.
 */
import { SHIPPED } from '../../targets/shipped/table.js';
import { withTool } from './tool.js';

/** How often a wrong one was caught by an invariant, or a right one was valid, and what else was seen. */
async function judge(run, target, { load, times }, isAsExpected) {
  const path = `test/targets/shipped/${target}.target.ts`;
  const { runs } = await run(path, [...load, '--rounds', String(times)]);
  const others = runs.filter((each) => !isAsExpected(each)).map(describe);
  if (runs.length < times) others.push(`${times - runs.length} were not run`);
  console.error(
    `${target}: ${times - others.length} of ${times}${others.map((text) => `\n  ${text}`).join('')}`,
  );
  return times - others.length;
}

const violated = ({ invariants }) => invariants.filter(({ passed }) => !passed).map(({ name }) => name);

function describe(run) {
  const { verdict, plan, notes } = run;
  return `${verdict}, seed ${plan.seed}: ${[...violated(run), ...notes].join('; ')}`;
}

const { TIMES = '20' } = process.env;
const only = process.argv.slice(2);
const names = SHIPPED.flatMap(({ wrong, right }) => [wrong, right]);
const unknown = only.find((name) => !names.some((each) => each.startsWith(name)));
if (!/^[1-9]\d{0,3}$/.test(TIMES) || unknown !== undefined) {
  console.error('usage: TIMES=<1 to 9999> npm run targets [-- <beginning of a name>…]; names are');
  console.error(`  ${[...new Set(names)].join(', ')}`);
  process.exit(2);
}
const times = Number(TIMES);
const chosen = SHIPPED.filter(
  ({ wrong, right }) =>
    only.length === 0 || only.some((name) => wrong.startsWith(name) || right.startsWith(name)),
);

const rows = await withTool(async (run) => {
  const judged = [];
  for (const { load, wrong, right, invariant, ...shipped } of chosen) {
    const isCaught = (each) => each.verdict === 'invalid' && violated(each).includes(invariant);
    const caught = await judge(run, wrong, { load, times }, isCaught);
    const valid = await judge(run, right, { load, times }, ({ verdict }) => verdict === 'valid');
    judged.push({ ...shipped, invariant, caught, valid });
  }
  return judged;
});
console.log('\n| what was shipped | of | wrong: caught | by | right: valid |\n|---|---|---:|---|---:|');
for (const { fault, of, invariant, caught, valid } of rows) {
  console.log(`| ${fault} | ${of} | ${caught} of ${times} | ${invariant} | ${valid} of ${times} |`);
}
process.exitCode = rows.every(({ caught, valid }) => caught === times && valid === times) ? 0 : 1;

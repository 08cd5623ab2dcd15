import type { NotAsked } from '../domain/run-result.js';
import type { Circumstances, Evidence } from './run-evidence.js';
import { ACKNOWLEDGED_IS_STORED, isExcuse, type Invariant } from './invariants.js';
import type { Violation } from './violation.js';

/** What became of one invariant that was asked. */
export interface Finding {
  readonly name: string;
  readonly violations: readonly Violation[];
  /** Whether one of them has no excuse. */
  readonly proven: boolean;
}

/** What became of a table of invariants. */
export interface Answers {
  readonly findings: readonly Finding[];
  readonly notAsked: readonly NotAsked[];
}

/** Asks each invariant whose conditions hold, and says why the others were not asked. */
export function ask(invariants: readonly Invariant[], evidence: Evidence): Answers {
  const findings: Finding[] = [];
  const notAsked: NotAsked[] = [];
  for (const forms of byName(invariants)) {
    const [{ name }] = forms;
    const asked = forms.filter((form) => unmet(form, evidence) === undefined);
    if (asked.length > 0) findings.push(findingOf(name, asked, evidence));
    else notAsked.push({ name, reason: unmet(forms[0], evidence)?.otherwise ?? '' });
  }
  return afterFailover({ findings, notAsked }, invariants, evidence.circumstances);
}

function unmet({ askedWhen }: Invariant, evidence: Evidence) {
  return askedWhen.find(({ holds }) => !holds(evidence));
}

function byName(invariants: readonly Invariant[]): [Invariant, ...Invariant[]][] {
  const names = new Map<string, [Invariant, ...Invariant[]]>();
  for (const invariant of invariants) {
    const forms = names.get(invariant.name);
    if (forms === undefined) names.set(invariant.name, [invariant]);
    else forms.push(invariant);
  }
  return [...names.values()];
}

function findingOf(name: string, forms: readonly Invariant[], evidence: Evidence): Finding {
  const found = forms.map((form) => {
    const violations = form.check(evidence);
    const excused = form.excusedBy.some((excuse) => isExcuse(excuse, form, evidence.circumstances));
    return { violations, proven: !excused && violations.some((violation) => violation.excused !== true) };
  });
  return {
    name,
    violations: found.flatMap(({ violations }) => violations),
    proven: found.some(({ proven }) => proven),
  };
}

/** What only follows from commits that another server did not take over is not told beside their loss. */
function afterFailover(
  answers: Answers,
  invariants: readonly Invariant[],
  { failedOver }: Circumstances,
): Answers {
  const isLost = answers.findings.some(
    ({ name, violations }) => name === ACKNOWLEDGED_IS_STORED && violations.length > 0,
  );
  if (failedOver !== true || !isLost) return answers;
  const following = new Set(invariants.filter((each) => each.followsFromLostCommits).map(({ name }) => name));
  const dropped = answers.findings.filter(({ name }) => following.has(name));
  return {
    findings: answers.findings.filter(({ name }) => !following.has(name)),
    notAsked: [
      ...answers.notAsked,
      ...dropped.map(({ name }) => ({ name, reason: 'it follows from lost commits' })),
    ],
  };
}

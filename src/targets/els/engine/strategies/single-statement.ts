import type { Row, Step } from '../../../../database/protocol.js';
import type { Session } from '../../../../database/session.js';
import type { BindValues, Statement } from '../../../../database/statement.js';
import { loadStatement } from '../statement.js';
import { LONGEST_ESSAY_ID, type Inventory } from '../assignment.js';
import { StrategyContractError, type Answer, type ManyForm, type Strategy } from '../strategy.js';

const LOCK = loadStatement('strategies/lock');

/**
 * A strategy that is one statement: `cte`, `inventory` and custom files.
 *
 * With advisory locks the lock and the claim go out before one Sync: still one round trip, and the claim's
 * snapshot is younger than the lock. Inside one statement the lock would be worthless: its snapshot is older.
 *
 * @param many its form for many contents, if it has one
 */
export function singleStatementStrategy(
  statement: Statement,
  inventory: Inventory,
  advisoryLocks: boolean,
  many?: ManyForm,
): Strategy {
  const steps = (values: BindValues): Step[] =>
    advisoryLocks
      ? [
          { statement: LOCK, values },
          { statement, values },
        ]
      : [{ statement, values }];
  return {
    inventory,
    statements: [...(advisoryLocks ? [LOCK, statement] : [statement]), ...(many?.statements ?? [])],
    startsAtLowWater: statement.binds.includes('low_water'),
    looksAfterEachCall: false,
    commitsTwice: false,
    keepsSessionLock: false,
    attempt: async (session: Session, binds) => readAnswer(await session.pipeline(steps(binds))),
    many,
  };
}

function readAnswer(rows: readonly Row[]): Answer {
  const [row] = rows;
  if (row === undefined || rows.length > 1) {
    throw new StrategyContractError(`the statement returned ${rows.length} rows; it must return one`);
  }
  return toAnswer(row[0], row[1]);
}

/**
 * Reads what a statement says of one content.
 *
 * @throws StrategyContractError when the contract does not know it
 */
export function toAnswer(essayId: string | null | undefined, outcome: string | null | undefined): Answer {
  if (outcome === 'created' || outcome === 'reused') {
    if (essayId && essayId.length <= LONGEST_ESSAY_ID) return { outcome, essayId };
    if (essayId)
      throw new StrategyContractError(
        `the essay_id has ${essayId.length} characters; at most ${LONGEST_ESSAY_ID}`,
      );
    throw new StrategyContractError(`the statement said ${outcome} without an essay_id`);
  }
  if (isWithoutEssay(outcome)) return { outcome };
  const accepted = ['created', 'reused', ...WITHOUT_ESSAY].join(', ');
  throw new StrategyContractError(`the outcome ${JSON.stringify(outcome)} is none of ${accepted}`);
}

type OutcomeWithoutEssay = Exclude<Answer['outcome'], 'created' | 'reused'>;

const WITHOUT_ESSAY: readonly OutcomeWithoutEssay[] = [
  'contended',
  'no_slot',
  'unknown_batch',
  'inventory_mismatch',
];

function isWithoutEssay(outcome: string | null | undefined): outcome is OutcomeWithoutEssay {
  return WITHOUT_ESSAY.some((known) => known === outcome);
}

import type { Row } from '../../../../database/protocol.js';
import type { Statement } from '../../../../database/statement.js';
import { loadStatement } from '../statement.js';
import type { ContentAnswer, ManyForm } from '../strategy.js';
import { toAnswer } from './single-statement.js';

const LOCK = loadStatement('strategies/lock-many');

/**
 * The form of a strategy that assigns many contents of one batch by one statement. With advisory locks both go out
 * before one Sync, as they do for a single content.
 */
export function manyStatement(statement: Statement, advisoryLocks: boolean): ManyForm {
  const statements = advisoryLocks ? [LOCK, statement] : [statement];
  return {
    statements,
    attempt: async (session, values) => {
      const rows = await session.pipeline(statements.map((each) => ({ statement: each, values })));
      return rows.map(toContentAnswer);
    },
  };
}

function toContentAnswer([textStorageId, essayId, outcome, createdBy]: Row): ContentAnswer {
  return {
    textStorageId: textStorageId ?? '',
    answer: toAnswer(essayId, outcome),
    createdBy: createdBy ?? null,
  };
}

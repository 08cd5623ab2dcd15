import { expect } from 'vitest';
import { BUILT_IN_TERMS } from '#els/domain/promises.js';
import { auditInvariants } from '#els/verify/audit-invariants.js';
import { indexHistory, type ContentHistory } from '#els/verify/history-index.js';
import { invariant } from '#els/verify/invariant.js';
import { evidenceOf } from '#els/verify/run-evidence.js';
import { drawn, times } from '../support/draws.js';
import { callOf, NO_CLOCK } from './histories.js';
import { UNDISTURBED } from './observed.js';

/** A batch's contents that count how often all of them are gone through. */
class CountedContents extends Map<string, ContentHistory> {
  walks = 0;

  override values() {
    this.walks += 1;
    return super.values();
  }
}

drawn('looks up the calls of a few offending rows only, however many there are', (draw) => {
  const count = draw.integer(50, 500);
  const calls = times(count, (content) =>
    callOf(content, [content, content + 1], { outcome: 'created', slotId: `essay-${content}` }),
  );
  const contents = new CountedContents(indexHistory(calls).get('batch') ?? []);
  const rows = times(count, (content) => ({ batchId: 'batch', slotId: `essay-${content}` }));
  const audits = [{ name: 'nothing-half-assigned', rows, mayBeHalfDone: false, needsCommits: false }];
  const evidence = evidenceOf({
    ...{ terms: BUILT_IN_TERMS, batchIds: ['batch'], slotsOf: () => count, rows: [] },
    ...{ index: new Map([['batch', contents]]), circumstances: UNDISTURBED },
  });
  const violations = auditInvariants(audits).flatMap(({ check }) => check(evidence));
  const found = invariant('nothing-half-assigned', violations, NO_CLOCK);
  expect(found.witnesses.slice(0, 2)).toEqual(rows.slice(0, 2));
  expect(found.timeline).toMatchObject([{ kind: 'call', slotId: 'essay-0' }]);
  expect(contents.walks).toBeLessThan(10);
});

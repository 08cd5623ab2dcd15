import { expect } from 'vitest';
import { auditInvariants } from '#els/verify/database-checks.js';
import { indexHistory, type ContentHistory } from '#els/verify/history-index.js';
import { drawn, times } from '../support/draws.js';
import { callOf } from './histories.js';

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
  const rows = times(count, (content) => ({ batch_id: 'batch', essay_id: `essay-${content}` }));
  const audits = [{ name: 'nothing-half-assigned', rows }];
  const clock = { startMicros: 0, faults: [] };
  const [found] = auditInvariants(audits, new Map([['batch', contents]]), clock);
  expect(found?.witnesses.slice(0, 2)).toEqual(rows.slice(0, 2));
  expect(found?.timeline).toMatchObject([{ kind: 'call', slotId: 'essay-0' }]);
  expect(contents.walks).toBeLessThan(10);
});

import { describe, expect, it } from 'vitest';
import { withDraws, type Draw } from '../support/draws.js';
import { useDatabase } from '../support/database.js';
import { pitfall, runJson, violated } from './scenario-files.js';
import { longUnless } from '../support/long.js';

const db = useDatabase();

/** The latency gates of the acceptance scenarios (ELS-004). */
const GATES = [
  ['cross-instance', 'mean < 200ms'],
  ['high-concurrency', 'p95 < 500ms'],
  ['overflow', 'p95 < 500ms'],
] as const;

describe('a correct strategy that is slow turns red, and nothing else', () => {
  for (const [scenario, gate] of GATES) {
    const draws = async (draw: Draw) => {
      const slots = draw.integer(2, 7);
      const contents = scenario === 'overflow' ? slots + draw.integer(1, 7) : slots;
      const counts = ['--slots', String(slots), '--contents', String(contents), '--workers', '2'];
      const { code, verdict, passed, runs } = await runJson(db, pitfall('slow'), [scenario], counts);
      expect({ code, verdict, passed }).toEqual({ code: 1, verdict: 'valid', passed: false });
      expect(violated(runs[0])).toEqual([]);
      const red = runs[0]?.gates.filter((each) => !each.passed).map(({ expression }) => expression);
      expect(red).toEqual([gate]);
    };
    it(`${scenario}: ${gate}`, longUnless(scenario === 'overflow'), () => withDraws(draws));
  }
});

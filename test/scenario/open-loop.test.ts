import { describe, expect, it } from 'vitest';
import type { ScenarioOverrides } from '#els/domain/scenario.js';
import { resolveScenarios } from '#els/scenario/overrides.js';
import { parseStages } from '#els/scenario/stages.js';
import { applyOverrides } from '#els/scenario/overrides.js';
import { brokenRule } from '#els/scenario/rules.js';
import { toScenario } from '#els/scenario/resolve.js';
import { scenarioFileSchema } from '#els/scenario/schema.js';
import { usageErrorOf } from './usage-error.js';

function file(fields: object = {}) {
  return scenarioFileSchema.parse({ name: 'mine', description: 'My own.', slots: 5, ...fields });
}

const OPEN = { arrival: 'open', rate: 500, duration: '2s' };

describe('a scenario file of an open loop', () => {
  it('is Poisson unless it says otherwise', () => {
    expect(toScenario(file(OPEN))).toMatchObject({
      arrival: 'open',
      rate: 500,
      spacing: 'poisson',
      durationMs: 2_000,
    });
    expect(toScenario(file({ ...OPEN, spacing: 'constant' })).spacing).toBe('constant');
  });

  it('lasts as long as its stages, and has its limit in milliseconds', () => {
    const stages = [
      { rate: 900, duration: '1.5s' },
      { rate: 0, duration: '0s' },
      { rate: 0, duration: '250ms' },
    ];
    const given = file({ arrival: 'open', rate: 1, stages, latencyLimit: '0.1s' });
    expect(brokenRule(given)).toBeUndefined();
    expect(toScenario(given)).toMatchObject({
      stages: [
        { rate: 900, durationMs: 1_500 },
        { rate: 0, durationMs: 0 },
        { rate: 0, durationMs: 250 },
      ],
      durationMs: 1_750,
      latencyLimitMs: 100,
    });
  });

  it.each([
    [
      { arrival: 'open', duration: '1s' },
      'rate is missing but arrival is "open"; accepted: a rate in calls per second',
    ],
    [{ arrival: 'open', rate: 5 }, 'an open loop has no duration; accepted: a duration or stages'],
    [{ ...OPEN, bulk: 2 }, 'bulk is 2 but arrival is "open"; accepted: 1'],
    [
      { ...OPEN, stages: [{ rate: 5, duration: '1s' }] },
      'duration is "2s" beside stages; accepted: one of them, stages last as long as they say',
    ],
    [
      { arrival: 'open', rate: 5, stages: [{ rate: 5, duration: '0s' }] },
      'stages take no time; accepted: at least 1ms',
    ],
    [
      { rate: 5 },
      'rate is given but arrival is "burst"; accepted: rate with arrival "open" only, which --rate makes of any scenario',
    ],
    [
      { arrival: 'closed', spacing: 'constant' },
      'spacing is given but arrival is "closed"; accepted: spacing with arrival "open" only, which --rate makes of any scenario',
    ],
    [
      { arrival: 'closed', stages: [{ rate: 5, duration: '1s' }] },
      'stages is given but arrival is "closed"; accepted: stages with arrival "open" only, which --rate makes of any scenario',
    ],
    [
      { latencyLimit: '1s' },
      'latencyLimit is given but arrival is "burst"; accepted: latencyLimit with arrival "open" only, which --rate makes of any scenario',
    ],
  ])('may not be %j', (fields, broken) => {
    expect(brokenRule(file(fields))).toBe(broken);
  });
});

describe('flags', () => {
  it.each([
    [{ arrival: 'closed', duration: '3s' }, { rate: 7 }, { rate: 7, durationMs: 3_000 }],
    [{}, { rate: 7, durationMs: 250 }, { rate: 7, durationMs: 250 }],
    [OPEN, { rate: 7 }, { rate: 7, durationMs: 2_000 }],
    [OPEN, { durationMs: 10 }, { rate: 500, durationMs: 10 }],
    [OPEN, { spacing: 'constant', latencyLimitMs: 30 }, { spacing: 'constant', latencyLimitMs: 30 }],
    [
      OPEN,
      { stages: [{ rate: 9, durationMs: 40 }] },
      { stages: [{ rate: 9, durationMs: 40 }], durationMs: 40 },
    ],
  ] satisfies [object, ScenarioOverrides, object][])(
    'make an open loop of %j with %j',
    (fields, overrides, made) => {
      expect(applyOverrides(file(fields), overrides)).toMatchObject({ arrival: 'open', ...made });
    },
  );

  it.each([
    [
      {},
      { rate: 7 },
      '--rate 7: scenario mine: an open loop has no duration; accepted: a duration or stages',
    ],
    [OPEN, { bulk: 3 }, '--bulk 3: scenario mine: bulk is 3 but arrival is "open"; accepted: 1'],
    [
      {},
      { latencyLimitMs: 50 },
      '--latency-limit 50ms: scenario mine: latencyLimit is given but arrival is "burst"; accepted: latencyLimit with arrival "open" only, which --rate makes of any scenario',
    ],
    [
      OPEN,
      { stages: [{ rate: 9, durationMs: 40 }], durationMs: 50 },
      '--duration 50ms --stages 9:40ms: scenario mine: duration is "50ms" beside stages; accepted: one of them, stages last as long as they say',
    ],
    [OPEN, { rate: 1_000_001 }, '--rate is 1000001; accepted: a whole number from 1 to 1000000'],
  ] satisfies [object, ScenarioOverrides, string][])(
    'of %j with %j are refused',
    async (fields, overrides, message) => {
      expect(await usageErrorOf(() => applyOverrides(file(fields), overrides))).toEqual({
        code: 'invalid_override',
        message,
      });
    },
  );

  it('give a duration to a burst that a rate makes an open loop', async () => {
    const [scenario] = await resolveScenarios(['overflow'], { rate: 10, durationMs: 700 });
    expect(scenario).toMatchObject({ arrival: 'open', durationMs: 700 });
  });
});

describe('parseStages', () => {
  it('reads rates and times', () => {
    expect(parseStages('100:5s, 1000:0s,1000:1.5,0:250ms')).toEqual([
      { rate: 100, durationMs: 5_000 },
      { rate: 1_000, durationMs: 0 },
      { rate: 1_000, durationMs: 1_500 },
      { rate: 0, durationMs: 250 },
    ]);
  });

  it.each(['', '100', '100:', ':5s', '100:5s,', '-1:5s', '1.5:5s', '1000001:5s', '1:5h', 'a:b', '1:1s:1s'])(
    'refuses %j',
    async (text) => {
      const { code, message } = await usageErrorOf(() => parseStages(text));
      expect(code).toBe('invalid_stages');
      expect(message).toContain(`--stages is ${JSON.stringify(text)}; accepted: 1 to 100 stages`);
    },
  );
});

import { describe, expect, it } from 'vitest';
import {
  scenariosToCompare,
  scenariosToRollOut,
  scenariosToRun,
  scenarioToShow,
} from '#els/app/scenarios.js';
import { scenariosToSweep } from '#els/app/sweep.js';
import { useTemporaryFolder } from '../cli/temporary-folder.js';
import { usageErrorOf } from '../scenario/usage-error.js';

const files = useTemporaryFolder();

function rollingOut(...strategies: readonly string[]): string {
  const steps = strategies.map((strategy, position) => ({ at: `${position + 1}s`, strategy }));
  const load = { slots: 1, arrival: 'closed', duration: '9s', rollout: { steps } };
  return files.write('mine.json', JSON.stringify({ name: 'mine', description: 'mine', ...load }));
}

describe('a rollout to what is no target', () => {
  it.each([
    ['scenarios', scenarioToShow],
    ['run', (file: string) => scenariosToRun([file], {})],
    ['run --sweep', (file: string) => scenariosToSweep([file], {}, { parameter: 'workers', values: [1] })],
    ['compare', (file: string) => scenariosToCompare([file], {})],
    ['compare --rollout', (file: string) => scenariosToRollOut([file], {})],
  ])('is refused with its file and step: %s', async (_, read) => {
    const file = rollingOut('cte', 'inventry');
    expect(await usageErrorOf(() => read(file))).toEqual({
      code: 'invalid_scenario',
      message:
        `scenario file "${file}": rollout.steps[1].strategy is "inventry" (did you mean inventory?); ` +
        'accepted: legacy, cte, inventory',
    });
  });

  it('is no file of a strategy either', async () => {
    const { message } = await usageErrorOf(() => scenarioToShow(rollingOut('./mine.sql')));
    expect(message).toContain('rollout.steps[0].strategy is "./mine.sql"; accepted: legacy, cte, inventory');
  });
});

it('leaves a rollout alone whose targets are there', async () => {
  expect(await scenarioToShow(rollingOut('cte', 'inventory'))).toMatchObject({ name: 'mine' });
});

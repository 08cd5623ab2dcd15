import { expect, it } from 'vitest';
import { ElsHost } from '#els/targets/els/host.js';
import { useDatabase } from '../../support/database.js';

const db = useDatabase();

it('tells how far a registration is over all of its groups', async () => {
  const told: number[] = [];
  const group = (name: string, form: string, slots: number) => ({
    ...{ runId: name, batchIds: [`${name} 1`, `${name} 2`], slots, form },
    contentIdsOf: () => [],
  });
  const groups = [group('load', 'slots', 6_000), group('warm-up', 'essays', 100)];
  const registration = { groups, strategy: 'test', records: [] };
  await new ElsHost(db).register(registration, { onProgress: (slots) => told.push(slots) });
  expect(told).toEqual([10_000, 12_000, 12_200]);
});

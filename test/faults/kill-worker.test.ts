import { expect, it } from 'vitest';
import type { FaultContext } from '#els/faults/context.js';
import { killWorker } from '#els/faults/kill-worker.js';
import type { RunningLoad } from '#els/runner/run-load.js';
import { atServer } from './on-wire.js';

/** A worker's place in a load, of which a kill loses the calls under way, and whose successor begins later. */
class Place {
  callsUnderWay = 3;
  lostCalls = 0;
  kills = 0;
  readonly applicationName = 'place';

  async killAndReplace(): Promise<void> {
    this.kills += 1;
    await Promise.resolve();
    this.lostCalls += this.callsUnderWay;
    this.callsUnderWay = 0;
  }
}

async function strike(place: Place, ended: AbortSignal) {
  const context = { random: () => 0, weakSpots: {}, onWire: atServer([place]) };
  const load = { startMicros: 0, stations: [place], ended };
  const armed = await killWorker.arm(context as unknown as FaultContext, undefined);
  return armed.strike(load as unknown as RunningLoad);
}

it('strikes again when the process that took over has calls under way', async () => {
  const place = new Place();
  const { signal } = new AbortController();
  expect(await strike(place, signal)).toMatchObject({ struck: true });
  setTimeout(() => (place.callsUnderWay = 2), 50);
  expect(await strike(place, signal)).toMatchObject({
    ...{ struck: true, detail: 'killed worker 1 with 2 calls under way' },
  });
});

it('has not struck a place where nothing is under way any more, whatever an earlier one lost', async () => {
  const place = new Place();
  const load = new AbortController();
  await strike(place, load.signal);
  setTimeout(() => load.abort(), 50);
  expect(await strike(place, load.signal)).toMatchObject({ struck: false });
  expect(place.kills).toBe(1);
});

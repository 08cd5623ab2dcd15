import { expect, it } from 'vitest';
import type { FaultContext } from '#els/faults/context.js';
import { pauseWorker } from '#els/faults/pause-worker.js';
import type { RunningLoad } from '#els/runner/run-load.js';
import { atServer } from './on-wire.js';

/** A worker's place in a load; what it said before it was stopped is heard a little later. */
class Place {
  pauses = 0;
  resumes = 0;
  readonly applicationName = 'place';

  constructor(
    public callsUnderWay: number,
    private readonly heardLater = 0,
  ) {}

  pause(): void {
    this.pauses += 1;
    setTimeout(() => (this.callsUnderWay -= this.heardLater), 10);
  }

  resume(): void {
    this.resumes += 1;
  }
}

async function strike(places: readonly Place[], ended = new AbortController().signal) {
  const context = { random: () => 0, weakSpots: {}, onWire: atServer(places) };
  const armed = await pauseWorker.arm(context as unknown as FaultContext, undefined);
  return armed.strike({ startMicros: 0, stations: places, ended } as unknown as RunningLoad);
}

it('stops a worker with calls under way, and counts them', async () => {
  const places = [new Place(0), new Place(3)];
  expect(await strike(places)).toEqual({
    ...{ struck: true, detail: 'stopped worker 2 with 3 calls under way for 250 ms' },
  });
  expect(places.map(({ pauses, resumes }) => [pauses, resumes])).toEqual([
    [0, 0],
    [1, 1],
  ]);
});

it('has not struck where the last call had ended when the worker was stopped', async () => {
  const place = new Place(1, 1);
  expect(await strike([place])).toMatchObject({ struck: false });
  expect(place.resumes).toBe(1);
});

it('stops nobody where no call is under way until the load has ended', async () => {
  const place = new Place(0);
  expect(await strike([place], AbortSignal.timeout(50))).toMatchObject({ struck: false });
  expect(place.pauses).toBe(0);
});

import { expect, it } from 'vitest';
import { nowMicros } from '#els/base/clock.js';
import { Reachability } from '#els/runner/reachability.js';

it('does not reach a server from when connections are lost until a call is answered', () => {
  const reachability = new Reachability();
  const since = () => reachability.unreachableSinceMicros;
  const before = nowMicros();
  reachability.note({ answered: 3, lost: 0 });
  expect(since()).toBeNull();
  reachability.note({ answered: 3, lost: 2 });
  const first = since();
  expect(first).toBeGreaterThanOrEqual(before);
  reachability.note({ answered: 3, lost: 9 });
  reachability.note({ answered: 3, lost: 9 });
  expect(since()).toBe(first);
  reachability.note({ answered: 4, lost: 10 });
  expect(since()).toBeNull();
});

it('reaches one whose calls are answered while a connection is lost, and one that is slow', () => {
  const reachability = new Reachability();
  reachability.note({ answered: 1, lost: 1 });
  reachability.note({ answered: 1, lost: 1 });
  expect(reachability.unreachableSinceMicros).toBeNull();
});

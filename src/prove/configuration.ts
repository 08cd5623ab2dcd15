import type { Ending } from './session-state.js';

/** A caller that delivers one content once, as a service instance of its own. */
export interface Caller {
  readonly kind: 'caller';
  readonly content: string;
  readonly ending: Ending;
  /** It starts when everybody else has ended: the redelivery after a death. */
  readonly last?: true;
}

/** Everything that takes part in a schedule has a session of its own. */
export type Role =
  | Caller
  /** A foreign session that holds every free slot, and lets go without taking one. */
  | { readonly kind: 'holder' }
  /** Ends the process of another session, at any moment while it runs. */
  | { readonly kind: 'killer'; readonly victim: number };

/** Sessions that meet on one fresh batch, in every order of their steps. */
export interface Configuration {
  readonly name: string;
  readonly slots: number;
  readonly roles: readonly Role[];
  /** A look for completion is one step, commit and all: how looks meet each other is seen with two callers. */
  readonly looksAreWhole?: boolean;
}

const caller = (content: string, ending: Ending = 'commit'): Caller => ({ kind: 'caller', content, ending });
const redelivery = (content: string): Caller => ({ ...caller(content), last: true });
const HOLDER: Role = { kind: 'holder' };
const KILLER: Role = { kind: 'killer', victim: 0 };

const TWO_CALLERS: readonly Configuration[] = [
  { name: 'same content, one slot', slots: 1, roles: [caller('a'), caller('a')] },
  { name: 'same content, two slots', slots: 2, roles: [caller('a'), caller('a')] },
  { name: 'two contents, one slot', slots: 1, roles: [caller('a'), caller('b')] },
  { name: 'two contents, two slots', slots: 2, roles: [caller('a'), caller('b')] },
  {
    name: 'same content, two slots, one rolls back',
    slots: 2,
    roles: [caller('a', 'rollback'), caller('a')],
  },
  {
    name: 'two contents, one slot, one rolls back',
    slots: 1,
    roles: [caller('a', 'rollback'), caller('b')],
  },
  { name: 'one slot held by a session that lets go', slots: 1, roles: [caller('a'), HOLDER] },
  {
    name: 'same content, two slots, one reply lost',
    slots: 2,
    roles: [caller('a', 'reply lost'), caller('a')],
  },
  {
    name: 'two contents, one slot, one lost before its commit',
    slots: 1,
    roles: [caller('a', 'lost before commit'), caller('b')],
  },
  {
    name: 'one dies at any step and its content is delivered again',
    slots: 1,
    roles: [caller('a'), KILLER, redelivery('a')],
  },
  {
    name: 'one of two dies at any step and its content is delivered again',
    slots: 2,
    roles: [caller('a'), KILLER, caller('b'), redelivery('a')],
  },
];

const THREE_CALLERS: readonly Configuration[] = [
  {
    name: 'three times the same content, two slots',
    slots: 2,
    roles: [caller('a'), caller('a'), caller('a')],
  },
  {
    name: 'one content twice and another, one slot',
    slots: 1,
    roles: [caller('a'), caller('a'), caller('b')],
  },
  { name: 'three contents, two slots', slots: 2, roles: [caller('a'), caller('b'), caller('c')] },
  {
    name: 'three contents, one slot, one rolls back',
    slots: 1,
    roles: [caller('a', 'rollback'), caller('b'), caller('c')],
  },
  {
    name: 'two contents, two slots held by a session that lets go',
    slots: 2,
    roles: [caller('a'), caller('b'), HOLDER],
  },
];

/** The configurations of up to so many callers, the smallest first. */
export function configurations(callers: 2 | 3): readonly Configuration[] {
  return callers === 2 ? TWO_CALLERS : [...TWO_CALLERS, ...THREE_CALLERS.map(withWholeLooks)];
}

function withWholeLooks(configuration: Configuration): Configuration {
  return { ...configuration, looksAreWhole: true };
}

/** Callers of a configuration, without redeliveries. */
export function callersOf({ roles }: Configuration): number {
  return roles.filter((role) => role.kind === 'caller' && !role.last).length;
}

import type { Call } from '../domain/call.js';
import type { Inventory } from '../domain/assignment.js';
import { Actor } from './actor.js';
import type { Configuration } from './configuration.js';
import type { Crew } from './crew.js';
import type { StepRecord } from './part.js';
import { isIndependent } from './round-trips.js';
import { Settling } from './settling.js';

/** A moment at which the scheduler chose who makes the next step. */
export interface Decision {
  /** Sessions (from 0) that could. */
  readonly ready: readonly number[];
  readonly chosen: number;
  /** Who made the step before. */
  readonly current: number | undefined;
}

/** What one schedule showed. */
export interface Performance {
  readonly batchId: string;
  readonly decisions: readonly Decision[];
  readonly steps: readonly StepRecord[];
  readonly calls: readonly Call[];
  /** The decision from which on it went its own way, for PostgreSQL woke waiting sessions in another order. */
  readonly redirectedAt: number | undefined;
  /** Sessions that waited for ever, or ran in circles; from 0. */
  readonly stuck: readonly number[];
}

/** Beyond this, a schedule runs in circles: no call of the engine makes nearly so many steps. */
const MOST_STEPS = 100;

/** Where schedules are performed. */
export interface Stage {
  readonly crew: Crew;
  readonly inventory: Inventory;
}

/**
 * Performs one schedule on a fresh batch, to its end.
 *
 * @param choices who makes the first steps; then each session goes on for as long as it can
 */
export async function performSchedule(
  { crew, inventory }: Stage,
  configuration: Configuration,
  batchId: string,
  choices: readonly number[],
): Promise<Performance> {
  const members = await crew.muster(configuration.roles.length);
  const schedule = new Schedule(crew, configuration, members, batchId);
  return schedule.run(inventory, choices);
}

class Schedule {
  readonly #actors: readonly Actor[];
  readonly #settling: Settling;
  readonly #steps: StepRecord[] = [];
  readonly #decisions: Decision[] = [];
  #moment = 0;
  #current: number | undefined;
  #redirectedAt: number | undefined;

  constructor(
    private readonly crew: Crew,
    { roles, looksAreWhole = false }: Configuration,
    members: Awaited<ReturnType<Crew['muster']>>,
    private readonly batchId: string,
  ) {
    const tick = () => (this.#moment += 1);
    const onChange = () => this.#settling.noteChange();
    this.#actors = members.flatMap((member, session) => {
      const role = roles[session];
      return role ? [new Actor(session, role, member, batchId, looksAreWhole, tick, onChange)] : [];
    });
    this.#settling = new Settling(crew, this.#actors);
  }

  async run(inventory: Inventory, choices: readonly number[]): Promise<Performance> {
    const plays = this.#actors.map((actor) => actor.play(inventory, () => this.#reapVictimOf(actor)));
    let stuck: Actor[] = this.#unfinished();
    try {
      stuck = await this.#perform(choices);
    } finally {
      for (const actor of stuck) actor.turnstile.abandon();
      await Promise.allSettled(stuck.map((actor) => this.#kill(actor)));
      await Promise.all(plays);
    }
    return {
      batchId: this.batchId,
      decisions: this.#decisions,
      steps: this.#steps,
      redirectedAt: this.#redirectedAt,
      calls: this.#actors.flatMap((actor) => actor.call() ?? []),
      stuck: stuck.map((actor) => actor.session),
    };
  }

  /** @returns the sessions that did not come to their end */
  async #perform(choices: readonly number[]): Promise<Actor[]> {
    for (;;) {
      await this.#settling.settle(this.#steps.length);
      const ready = this.#actors.filter((actor) => this.#mayStep(actor));
      const unfinished = this.#unfinished();
      if (this.#steps.length >= MOST_STEPS) return unfinished;
      if (ready.length > 0) await this.#advance(this.#choose(ready, choices));
      else if (!(await this.#settling.isReleasedByServer(unfinished))) return this.#dismiss(unfinished);
    }
  }

  #unfinished(): Actor[] {
    return this.#actors.filter((actor) => actor.turnstile.state !== 'done');
  }

  #mayStep({ role, turnstile }: Actor): boolean {
    if (turnstile.state !== 'ready') return false;
    if (role.kind === 'reaper') return this.#isAlive(this.#actors[role.victim]);
    if (role.kind !== 'caller' || !role.last) return true;
    return this.#actors.every((other) => other.turnstile.state === 'done' || isLast(other) || isIdle(other));
  }

  /** Before its first step there is nothing to die of, and after its last one nothing to lose. */
  #isAlive(victim: Actor | undefined): boolean {
    return victim?.startedAt !== undefined && victim.turnstile.state !== 'done';
  }

  #choose(ready: readonly Actor[], choices: readonly number[]): Actor {
    const position = this.#decisions.length;
    const wanted = this.#redirectedAt === undefined ? choices[position] : undefined;
    const goesOn = ready.find((actor) => actor.session === this.#current) ?? ready[0];
    const found = ready.find((actor) => actor.session === wanted);
    if (wanted !== undefined && found === undefined) this.#redirectedAt = position;
    const chosen = found ?? goesOn;
    if (chosen === undefined) throw new Error('nobody is ready');
    const sessions = ready.map((actor) => actor.session);
    this.#decisions.push({ ready: sessions, chosen: chosen.session, current: this.#current });
    return chosen;
  }

  /** Lets a session make its next step, and with it those before it that nobody else can tell. */
  async #advance(actor: Actor): Promise<void> {
    this.#current = actor.session;
    for (;;) {
      const hidden = isIndependent(actor.part.next);
      this.#step(actor);
      if (!hidden) return;
      await this.#settling.settle(this.#steps.length);
      if (actor.turnstile.state !== 'ready') return;
    }
  }

  #step(actor: Actor): void {
    const record: StepRecord = { session: actor.session, sent: [], reply: null, waitedForStep: null };
    this.#steps.push(record);
    actor.part.record = record;
    actor.startedAt ??= this.#moment += 1;
    actor.turnstile.open();
  }

  async #reapVictimOf({ role, part }: Actor): Promise<void> {
    const victim = role.kind === 'reaper' ? this.#actors[role.victim] : undefined;
    if (part.record) part.record.reply = `the process of session ${(victim?.session ?? 0) + 1} is gone`;
    if (victim) await this.#kill(victim);
  }

  async #kill(actor: Actor): Promise<void> {
    actor.turnstile.abandon();
    await this.crew.kill(actor.member);
  }

  /** Who waits for something that will not come, such as a reaper whose victim has ended, leaves. */
  #dismiss(unfinished: readonly Actor[]): Actor[] {
    const stuck = unfinished.filter((actor) => !isIdle(actor));
    for (const actor of unfinished.filter(isIdle)) actor.turnstile.abandon();
    return stuck;
  }
}

function isLast({ role }: Actor): boolean {
  return role.kind === 'caller' && role.last === true;
}

/** A reaper that found nothing to do yet. */
function isIdle({ role, turnstile }: Actor): boolean {
  return role.kind === 'reaper' && turnstile.state === 'ready';
}

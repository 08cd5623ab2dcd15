import type { Call } from '../domain/call.js';
import { Actor } from './actor.js';
import type { Configuration } from './configuration.js';
import type { Instance, Instances } from './instances.js';
import type { StepRecord } from './session-state.js';
import { isIndependent } from './round-trips.js';
import { Quiescence } from './quiescence.js';
import type { ProofSubject } from './subject.js';

/** A moment at which the scheduler chose who makes the next step. */
export interface Decision {
  /** Sessions (from 0) that could. */
  readonly ready: readonly number[];
  readonly chosen: number;
  /** Who made the step before. */
  readonly current: number | undefined;
}

/** What one schedule showed. */
export interface ScheduleResult {
  readonly batchId: string;
  readonly decisions: readonly Decision[];
  readonly steps: readonly StepRecord[];
  readonly calls: readonly Call[];
  /** The decision from which on it went its own way, for PostgreSQL woke waiting sessions in another order. */
  readonly redirectedAt: number | undefined;
  /** Sessions that waited for ever, or ran in circles; from 0. */
  readonly stuck: readonly number[];
}

/** Beyond this, a schedule runs in circles: no call makes nearly so many steps. */
const MOST_STEPS = 100;

/** What schedules are run with. */
export interface ScheduleContext {
  readonly instances: Instances;
  readonly subject: ProofSubject;
}

/**
 * Runs one schedule on a fresh batch, to its end.
 *
 * @param choices who makes the first steps; then each session goes on for as long as it can
 */
export async function runSchedule(
  context: ScheduleContext,
  configuration: Configuration,
  batchId: string,
  choices: readonly number[],
): Promise<ScheduleResult> {
  const started = await context.instances.start(configuration.roles.length);
  return new Schedule(context, configuration, started, batchId).run(choices);
}

class Schedule {
  readonly #actors: readonly Actor[];
  readonly #quiescence: Quiescence;
  readonly #steps: StepRecord[] = [];
  readonly #decisions: Decision[] = [];
  #moment = 0;
  #current: number | undefined;
  #redirectedAt: number | undefined;

  constructor(
    private readonly context: ScheduleContext,
    { roles, looksAreWhole = false }: Configuration,
    started: readonly Instance[],
    private readonly batchId: string,
  ) {
    const tick = () => (this.#moment += 1);
    const onChange = () => this.#quiescence.noteChange();
    this.#actors = started.flatMap((instance, session) => {
      const role = roles[session];
      return role ? [new Actor(session, role, instance, batchId, looksAreWhole, tick, onChange)] : [];
    });
    this.#quiescence = new Quiescence(context.instances, this.#actors);
  }

  async run(choices: readonly number[]): Promise<ScheduleResult> {
    const { holdFreeSlots } = this.context.subject;
    const running = this.#actors.map((actor) => actor.run(holdFreeSlots, () => this.#killVictimOf(actor)));
    let stuck: Actor[] = this.#unfinished();
    try {
      stuck = await this.#makeSteps(choices);
    } finally {
      for (const actor of stuck) actor.schedulingPoint.abandon();
      await Promise.allSettled(stuck.map((actor) => this.#kill(actor)));
      await Promise.all(running);
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
  async #makeSteps(choices: readonly number[]): Promise<Actor[]> {
    for (;;) {
      await this.#quiescence.reach(this.#steps.length);
      const ready = this.#actors.filter((actor) => this.#mayStep(actor));
      const unfinished = this.#unfinished();
      if (this.#steps.length >= MOST_STEPS) return unfinished;
      if (ready.length > 0) await this.#advance(this.#choose(ready, choices));
      else if (!(await this.#quiescence.isReleasedByServer(unfinished))) return this.#endIdle(unfinished);
    }
  }

  #unfinished(): Actor[] {
    return this.#actors.filter((actor) => actor.schedulingPoint.state !== 'done');
  }

  #mayStep({ role, schedulingPoint }: Actor): boolean {
    if (schedulingPoint.state !== 'ready') return false;
    if (role.kind === 'killer') return this.#isAlive(this.#actors[role.victim]);
    if (role.kind !== 'caller' || !role.last) return true;
    return this.#actors.every(
      (other) => other.schedulingPoint.state === 'done' || isLast(other) || isIdle(other),
    );
  }

  /** Before its first step there is no process to kill, and after its last one nothing to lose. */
  #isAlive(victim: Actor | undefined): boolean {
    return victim?.startedAt !== undefined && victim.schedulingPoint.state !== 'done';
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
      const hidden = isIndependent(actor.state.next, this.context.subject.roundTrips);
      this.#step(actor);
      if (!hidden) return;
      await this.#quiescence.reach(this.#steps.length);
      if (actor.schedulingPoint.state !== 'ready') return;
    }
  }

  #step(actor: Actor): void {
    const record: StepRecord = { session: actor.session, sent: [], reply: null, waitedForStep: null };
    this.#steps.push(record);
    actor.state.record = record;
    actor.startedAt ??= this.#moment += 1;
    actor.schedulingPoint.open();
  }

  async #killVictimOf({ role, state }: Actor): Promise<void> {
    const victim = role.kind === 'killer' ? this.#actors[role.victim] : undefined;
    if (state.record) state.record.reply = `the process of session ${(victim?.session ?? 0) + 1} is gone`;
    if (victim) await this.#kill(victim);
  }

  async #kill(actor: Actor): Promise<void> {
    actor.schedulingPoint.abandon();
    await this.context.instances.kill(actor.instance);
  }

  /** Ends those who wait for what will not come: a killer whose victim has ended. */
  #endIdle(unfinished: readonly Actor[]): Actor[] {
    const stuck = unfinished.filter((actor) => !isIdle(actor));
    for (const actor of unfinished.filter(isIdle)) actor.schedulingPoint.abandon();
    return stuck;
  }
}

function isLast({ role }: Actor): boolean {
  return role.kind === 'caller' && role.last === true;
}

/** A killer that found nothing to do yet. */
function isIdle({ role, schedulingPoint }: Actor): boolean {
  return role.kind === 'killer' && schedulingPoint.state === 'ready';
}

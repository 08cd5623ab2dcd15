import { databaseFailure } from '../database/failure.js';
import type { Statement } from '../database/statement.js';
import { CUT_OFF, type Call, type CallEnd } from '../domain/call.js';
import type { CallRequest } from '../target/instance.js';
import type { Caller, Role } from './configuration.js';
import type { Instance } from './instances.js';
import type { SessionState } from './session-state.js';
import { Abandoned, SchedulingPoint } from './scheduling-point.js';

/** One session in one schedule. */
export class Actor {
  readonly state: SessionState;
  /** When its first step was made and when it was answered, on the schedule's clock. */
  startedAt: number | undefined;
  endedAt: number | undefined;
  #end: CallEnd | undefined;
  #defect: Error | undefined;

  /**
   * @param session from 0
   * @param looksAreWhole whether a look for completion is one step
   * @param clock counts the moments of the schedule
   * @param onChange told when the session stands before a step or at its end
   */
  constructor(
    readonly session: number,
    readonly role: Role,
    readonly instance: Instance,
    private readonly batchId: string,
    looksAreWhole: boolean,
    private readonly clock: () => number,
    onChange: () => void,
  ) {
    const ending = role.kind === 'caller' ? role.ending : 'rollback';
    const schedulingPoint = new SchedulingPoint(onChange);
    this.state = { schedulingPoint, ending, looksAreWhole, record: undefined, next: [], ended: false };
  }

  get schedulingPoint(): SchedulingPoint {
    return this.state.schedulingPoint;
  }

  /**
   * Does what the role says, a step whenever the scheduler lets it.
   *
   * @param holdFreeSlots what a holder runs
   * @param killVictim ends the process of the killer's victim
   */
  async run(holdFreeSlots: Statement, killVictim: () => Promise<void>): Promise<void> {
    this.instance.scheduled.attach(this.state);
    try {
      if (this.role.kind === 'caller') await this.#call(this.role);
      else if (this.role.kind === 'holder') await this.#hold(holdFreeSlots);
      else await this.#killVictim(killVictim);
    } catch (error) {
      if (!(error instanceof Abandoned || this.schedulingPoint.isAbandoned)) this.#defect = toError(error);
    }
    this.schedulingPoint.finish();
  }

  /**
   * The call as its caller saw it.
   *
   * @returns undefined for one that never was: rolled back, or killed before its first step
   * @throws what went wrong in the program itself
   */
  call(): Call | undefined {
    if (this.#defect !== undefined) throw this.#defect;
    if (this.role.kind !== 'caller' || this.startedAt === undefined) return undefined;
    if (this.#end === undefined && this.state.ending === 'rollback') return undefined;
    const { batchId, contentId, callId } = this.#request(this.role);
    return {
      ...(this.#end ?? CUT_OFF),
      worker: this.session,
      ...{ batchId, contentId, callId },
      intendedMicros: this.startedAt,
      startMicros: this.startedAt,
      endMicros: this.endedAt ?? this.clock(),
    };
  }

  async #call(role: Caller): Promise<void> {
    const end = await this.instance.assigning.assign(this.#request(role));
    this.#end = end;
    this.endedAt = this.clock();
    this.state.ended = true;
    await this.#settle(end);
  }

  /** A look that fails is an error of the call that requested it. */
  async #settle(end: CallEnd): Promise<void> {
    try {
      await this.instance.assigning.settle();
    } catch (error) {
      const sqlState = databaseFailure(error)?.sqlState;
      if (sqlState === undefined || this.schedulingPoint.isAbandoned) throw error;
      this.#end = { ...end, outcome: 'error', errorCode: 'strategy_failed', sqlState };
    }
  }

  #hold(statement: Statement): Promise<unknown> {
    return this.instance.scheduled.perform([{ statement, values: { batch_id: this.batchId } }]);
  }

  async #killVictim(killVictim: () => Promise<void>): Promise<void> {
    await this.schedulingPoint.pass();
    await killVictim();
  }

  #request({ content }: Caller): CallRequest {
    const callId = `${this.batchId}-call-${this.session + 1}`;
    return { batchId: this.batchId, contentId: `content-${content}`, callId, redelivered: false };
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

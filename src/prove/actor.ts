import { databaseFailure } from '../database/failure.js';
import type { Call } from '../domain/call.js';
import type { CallEnd } from '../domain/call.js';
import { CUT_OFF, toEnd, toErrorEnd } from '../domain/call-end.js';
import type { AssignmentRequest, Inventory } from '../domain/assignment.js';
import type { Caller, Role } from './configuration.js';
import { HOLD, type Member } from './crew.js';
import type { Part } from './part.js';
import { Abandoned, Turnstile } from './turnstile.js';

/** One session in one schedule. */
export class Actor {
  readonly part: Part;
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
    readonly member: Member,
    private readonly batchId: string,
    looksAreWhole: boolean,
    private readonly clock: () => number,
    onChange: () => void,
  ) {
    const ending = role.kind === 'caller' ? role.ending : 'rollback';
    const turnstile = new Turnstile(onChange);
    this.part = { turnstile, ending, looksAreWhole, record: undefined, next: [], ended: false };
  }

  get turnstile(): Turnstile {
    return this.part.turnstile;
  }

  /**
   * Does what the role says, a step whenever the turnstile opens.
   *
   * @param reap ends the process of the reaper's victim
   */
  async play(inventory: Inventory, reap: () => Promise<void>): Promise<void> {
    this.member.gate.takePart(this.part);
    try {
      if (this.role.kind === 'caller') await this.#call(this.role);
      else if (this.role.kind === 'holder') await this.#hold(inventory);
      else await this.#reap(reap);
    } catch (error) {
      if (!(error instanceof Abandoned || this.turnstile.isAbandoned)) this.#defect = toError(error);
    }
    this.turnstile.finish();
  }

  /**
   * The call as its caller saw it.
   *
   * @returns undefined for one that never was: rolled back, or dead before its first step
   * @throws what went wrong in the program itself
   */
  call(): Call | undefined {
    if (this.#defect !== undefined) throw this.#defect;
    if (this.role.kind !== 'caller' || this.startedAt === undefined) return undefined;
    if (this.#end === undefined && this.part.ending === 'rollback') return undefined;
    const { textStorageId, correlationId } = this.#request(this.role);
    return {
      ...(this.#end ?? CUT_OFF),
      worker: this.session,
      batchId: this.batchId,
      contentId: textStorageId,
      callId: correlationId,
      intendedMicros: this.startedAt,
      startMicros: this.startedAt,
      endMicros: this.endedAt ?? this.clock(),
    };
  }

  async #call(role: Caller): Promise<void> {
    const { engine } = this.member;
    const end = await engine.assign(this.#request(role)).then(toEnd, toErrorEnd);
    this.#end = end;
    this.endedAt = this.clock();
    this.part.ended = true;
    await this.#settle(end);
  }

  /** A look that fails is an error of the call that owed it. */
  async #settle(end: CallEnd): Promise<void> {
    try {
      await this.member.engine.settle();
    } catch (error) {
      const sqlState = databaseFailure(error)?.sqlState;
      if (sqlState === undefined || this.turnstile.isAbandoned) throw error;
      this.#end = { ...end, outcome: 'error', errorCode: 'strategy_failed', sqlState };
    }
  }

  #hold(inventory: Inventory): Promise<unknown> {
    return this.member.gate.perform([{ statement: HOLD[inventory], values: { batch_id: this.batchId } }]);
  }

  async #reap(reap: () => Promise<void>): Promise<void> {
    await this.turnstile.pass();
    await reap();
  }

  #request({ content }: Caller): AssignmentRequest {
    return {
      batchId: this.batchId,
      textStorageId: `content-${content}`,
      originalFileName: `${content}.txt`,
      fileSizeBytes: 1_024,
      contentMd5Hash: 'd41d8cd98f00b204e9800998ecf8427e',
      fileUploadId: `upload-${content}`,
      correlationId: `${this.batchId}-call-${this.session + 1}`,
    };
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

import pg from 'pg';
import type { Step } from '../database/protocol.js';
import type { Call } from '../domain/call.js';
import type { Counterexample, ScheduleStep } from '../domain/proof.js';
import type { InvariantResult } from '../domain/run-result.js';
import type { Configuration } from './configuration.js';
import type { Violation } from './explore.js';
import type { StepRecord } from './session-state.js';
import { executeSql, isPrepared, prepareSql } from './psql.js';
import type { ProofSubject } from './subject.js';

/** What the replay's run and batch are called. */
const REPLAY = 'replay';

/** Writes a violation down so that it can be replayed by hand. */
export function toCounterexample(
  { prefix, result, violated }: Violation,
  configuration: Configuration,
  subject: ProofSubject,
): Counterexample {
  const { calls, batchId } = result;
  const renamed = (text: string) => text.replaceAll(batchId, REPLAY);
  const steps = result.steps.map((step) => toScheduleStep(step, configuration, renamed));
  return {
    configuration: configuration.name,
    preemptions: prefix.preemptions,
    violated: JSON.parse(renamed(JSON.stringify(violated))) as InvariantResult[],
    calls: calls.map((call) => renamed(describeCall(call))),
    setup: configuration.roles.map((_, session) => ({
      session: session + 1,
      sql: [...sessionSql(subject.schema, session + 1), ...preparations(result.steps, session)],
    })),
    registration: subject.registration(REPLAY, REPLAY, configuration.slots).flatMap(runOnce),
    steps,
    cleanup: subject.removal(REPLAY).flatMap(runOnce),
  };
}

function describeCall({ worker, contentId, outcome, slotId, errorCode, sqlState }: Call): string {
  const details = [slotId, errorCode, sqlState].filter((detail) => detail !== null);
  return [`S${worker + 1} ${contentId}: ${outcome}`, ...details].join(' ');
}

function sessionSql(schema: string, session: number): string[] {
  return [
    `SET search_path TO ${pg.escapeIdentifier(schema)};`,
    `SET application_name TO ${pg.escapeLiteral(applicationName(session))};`,
  ];
}

function applicationName(session: number): string {
  return `${REPLAY} S${session}`;
}

/** Every statement that a session runs, once. */
function preparations(steps: readonly StepRecord[], session: number): string[] {
  const own = steps.filter((step) => step.session === session).flatMap(({ sent }) => sent);
  const statements = new Map(own.map(({ statement }) => [statement.name, statement]));
  return [...statements.values()].filter(isPrepared).map(prepareSql);
}

function runOnce(step: Step): string[] {
  return [prepareSql(step.statement), executeSql(step)];
}

function toScheduleStep(
  { session, sent, reply, waitedForStep }: StepRecord,
  { roles }: Configuration,
  renamed: (text: string) => string,
): ScheduleStep {
  const role = roles[session];
  const sql = role?.kind === 'killer' ? [terminateSql(role.victim + 1)] : sent.map(executeSql);
  return {
    session: session + 1,
    sql: sql.map(renamed),
    reply: reply === null ? null : renamed(reply),
    waitedForStep,
  };
}

function terminateSql(session: number): string {
  const name = pg.escapeLiteral(applicationName(session));
  return `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = ${name};`;
}

import pg from 'pg';
import { endWithParent } from '../../base/parent-watch.js';
import { describeGiven } from '../../base/wording.js';
import { UsageError } from '../../domain/errors.js';
import { slotIdText } from '../../target/answers.js';
import type {
  BatchToRegister,
  HostContext,
  OpenedInstance,
  TargetDefinition,
} from '../../target/definition.js';
import { closeInTime } from '../close-in-time.js';
import { toWitness } from '../witness.js';
import { describeDefinition, loadDefinition } from './load.js';
import {
  HOST_PROTOCOL,
  LONGEST_MESSAGE,
  MOST_AUDIT_ROWS,
  type FromHost,
  type GroupToRegister,
  type HostAnswer,
  type HostCall,
  type Registered,
  type ToHost,
} from './messages.js';

// The program of the host: the process in which setup, register, assignments, audits and remove of a target's file run, so
// that the coordinator never runs foreign code. It answers one call after the other; who asks sets the deadlines.

let definition: TargetDefinition | undefined;
let connectionString: string | undefined;

// Signals reach the whole process group; the coordinator decides what becomes of its host.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (message: ToHost) => void answering(message));

const leave = process.exit.bind(process);
// That foreign code ends the process is said by name.
process.exit = ((code?: number) => {
  send({ type: 'failed', kind: 'exit', message: `it called process.exit(${code ?? ''})` }, () => leave(code));
}) as typeof process.exit;

function send(message: FromHost, then: () => void = () => undefined): void {
  process.send?.(message, undefined, undefined, then);
}

async function answering(message: ToHost): Promise<void> {
  try {
    if (message.type === 'load') send({ type: 'described', description: await load(message) });
    else send({ type: 'answer', value: await answer(message) });
  } catch (error) {
    const kind = error instanceof UsageError ? 'usage' : 'target';
    send({ type: 'failed', kind, message: textOf(error).slice(0, LONGEST_MESSAGE) });
  }
}

async function load({ version, path, ...rest }: ToHost & { type: 'load' }) {
  if (version !== HOST_PROTOCOL) throw new Error('this program is of another version than the coordinator');
  connectionString = rest.connectionString;
  endWithParent();
  definition = await loadDefinition(path);
  return describeDefinition(definition, path);
}

function textOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  if (typeof message !== 'string') return describeGiven(error);
  return typeof code === 'string' && !message.includes(code) ? `${message} (${code})` : message;
}

async function answer(call: HostCall): Promise<HostAnswer<HostCall['what']>> {
  if (definition === undefined) throw new Error('asked before it was loaded');
  if (call.what === 'open') return lookAt(definition);
  const client = new pg.Client({ connectionString });
  // Whoever runs a query on it learns that it is lost.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await perform(definition, { client }, call);
  } finally {
    await client.end();
  }
}

/** Opens an instance to see what it has, and closes it. */
async function lookAt(target: TargetDefinition): Promise<HostAnswer<'open'>> {
  const opened = (await target.open({
    connectionString: connectionString ?? '',
    connections: 1,
    instance: 1,
  })) as unknown;
  const { assign, assignMany } = (opened ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof assign !== 'function')
    throw new UsageError('invalid_target', 'open returned no function assign');
  await closeInTime(opened as Partial<OpenedInstance>);
  return { bulk: typeof assignMany === 'function' };
}

function perform(
  target: TargetDefinition,
  context: HostContext,
  call: Exclude<HostCall, { what: 'open' }>,
): Promise<HostAnswer<HostCall['what']>> {
  switch (call.what) {
    case 'setup':
      return nothing(target.setup?.(context));
    case 'register':
      return register(target, context, call.groups);
    case 'assignments':
      return assignments(target, context, call.batchIds);
    case 'audits':
      return audit(target, context, call);
    case 'remove':
      return nothing(target.remove?.(context, call.batchIds));
  }
}

async function nothing(done: Promise<void> | undefined): Promise<null> {
  await done;
  return null;
}

async function register(
  target: TargetDefinition,
  context: HostContext,
  groups: readonly GroupToRegister[],
): Promise<Registered[]> {
  const batches = groups.flatMap(({ batches: each, slots }) =>
    each.map(({ batchId, contents }): BatchToRegister => {
      const contentId = (position: number) => contents[position] ?? '';
      return { batchId, slots, contents: contents.length, contentId };
    }),
  );
  const told = (await target.register(context, batches)) as unknown;
  if (told === undefined || told === null) return [];
  if (!Array.isArray(told)) throw new TypeError('register returned no list');
  const known = new Set(batches.map(({ batchId }) => batchId));
  return told.map((each, position) => readRegistered(each, position, known));
}

function readRegistered(given: unknown, position: number, known: ReadonlySet<string>): Registered {
  const { batchId, slotIds, ref } = (given ?? {}) as Readonly<Record<string, unknown>>;
  const id = slotIdText(batchId);
  if (id === undefined) throw new TypeError(`register returned no batchId in element ${position + 1}`);
  if (!known.has(id)) {
    throw new TypeError(
      `register returned batch ${describeGiven(id)} in element ${position + 1}, which it was not given`,
    );
  }
  if (slotIds === undefined) return { batchId: id, ref };
  if (!Array.isArray(slotIds))
    throw new TypeError(`register returned slotIds of batch ${id} that are no list`);
  return { batchId: id, ref, slotIds: slotIds.map((slotId) => idIn(slotId, `a slotId of batch ${id}`)) };
}

async function assignments(
  target: TargetDefinition,
  context: HostContext,
  batchIds: readonly string[],
): Promise<HostAnswer<'assignments'>> {
  const rows = (await target.assignments?.(context, batchIds)) as unknown;
  if (!Array.isArray(rows)) throw new TypeError('assignments returned no list');
  return rows.map((row: unknown, position) => {
    const { batchId, slotId, contentId } = (row ?? {}) as Readonly<Record<string, unknown>>;
    const where = `in row ${position + 1} of assignments`;
    return {
      batchId: idIn(batchId, `batchId ${where}`),
      slotId: target.places === 'counted' ? null : idIn(slotId, `slotId ${where}`),
      contentId: idIn(contentId, `contentId ${where}`),
    };
  });
}

function idIn(given: unknown, what: string): string {
  const text = slotIdText(given);
  if (text === undefined)
    throw new TypeError(`${what} is ${describeGiven(given)}; accepted: a text or a safe integer`);
  return text;
}

async function audit(
  { audits = {} }: TargetDefinition,
  context: HostContext,
  { name, batchIds }: HostCall & { what: 'audits' },
): Promise<HostAnswer<'audits'>> {
  const rows = (await audits[name]?.(context, batchIds)) as unknown;
  if (!Array.isArray(rows)) throw new TypeError(`audit ${name} returned no list`);
  const told = rows.slice(0, MOST_AUDIT_ROWS).map((row) => toWitness(row));
  return { rows: told, found: rows.length };
}

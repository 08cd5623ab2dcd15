import type { WirePort } from '../wire/wire.js';
import type { FaultContext, WireOfLoad } from './context.js';

/** A call of a worker with a round trip under way, by the backend that serves it. */
export interface CallAtServer {
  readonly pid: number;
  /** From 0. */
  readonly worker: number;
  /** Of the worker. */
  readonly port: WirePort;
}

/** @throws Error where a fault is armed without the wire that it needs */
export function wireOf({ onWire }: Pick<FaultContext, 'onWire'>): WireOfLoad {
  if (onWire === undefined) throw new Error('the run has no wire');
  return onWire;
}

/** The calls that wait for the server now; not those of processes that are gone. */
export async function callsAtServer(context: Pick<FaultContext, 'onWire'>): Promise<CallAtServer[]> {
  const { wire, ports } = wireOf(context);
  const calls = await Promise.all(
    ports.map(async (port, worker) => {
      const busy = (await wire.backends(port)).filter((backend) => backend.busy);
      return busy.map(({ pid }) => ({ pid, worker, port }));
    }),
  );
  return calls.flat();
}

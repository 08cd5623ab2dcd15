import type { Wire } from '#els/wire/wire.js';
import type { WireOfLoad } from '#els/faults/context.js';

/** A wire that has the server at a round trip of each of these workers. */
export function atServer(workers: readonly unknown[]): WireOfLoad {
  const wire = {
    backends: ({ port }: { readonly port: number }) => Promise.resolve([{ pid: port, busy: true }]),
  };
  const ports = workers.map((_, port) => ({ port }));
  return { wire: wire as unknown as Wire, ports: ports as unknown as WireOfLoad['ports'] };
}

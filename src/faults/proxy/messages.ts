import type { NetConnectOpts } from 'node:net';

/** What the coordinator asks of the proxy process; each is answered once, in order. */
export type ToProxy =
  | { readonly type: 'open'; readonly upstream: NetConnectOpts; readonly rttMs: number }
  | { readonly type: 'lose-next-replies' }
  | { readonly type: 'lose-no-replies' }
  | { readonly type: 'replies-lost' }
  | { readonly type: 'reset-busy' };

/** The port for `open`; a count of connections for the others. */
export interface FromProxy {
  readonly value: number;
}

/** What the coordinator asks of the wire's process; each is answered once, in order. */
export type Question =
  | {
      readonly type: 'start';
      readonly source: string;
      readonly connectionString: string;
      readonly rttMs: number;
    }
  | { readonly type: 'open-port' }
  | { readonly type: 'lose-next-replies' }
  | { readonly type: 'lose-no-replies' }
  | { readonly type: 'replies-lost' }
  | { readonly type: 'reset-busy' }
  | { readonly type: 'backends'; readonly port: number }
  | { readonly type: 'cut-off'; readonly port: number }
  | { readonly type: 'round-trips'; readonly port: number | undefined };

/** A backend that a connection of a port leads to. */
export interface WireBackend {
  readonly pid: number;
  /** Whether its client waits for an answer. */
  readonly busy: boolean;
}

/** What answers `open-port`: the password is in the connection string. */
export interface OpenedPort {
  readonly port: number;
  readonly connectionString: string;
}

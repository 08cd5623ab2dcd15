import { connect, createServer, type AddressInfo } from 'node:net';

/** What clients sent to a server. Source: PostgreSQL manual, 55.7 Message Formats. */
export interface Wire {
  /** The server's URL, by way of the wire. */
  readonly url: string;
  /** The text of every statement: of Parse and Query. */
  readonly sql: readonly string[];
  /** The messages that carry values: Bind. */
  readonly values: readonly string[];
  close(): Promise<void>;
}

/** Stands between clients and a server and passes everything on. */
export async function tapWire(databaseUrl: string): Promise<Wire> {
  const url = new URL(databaseUrl);
  const address = { host: url.hostname, port: Number(url.port || 5432) };
  const sql: string[] = [];
  const values: string[] = [];
  const server = createServer((client) => {
    const upstream = connect(address);
    const messages = splitter((type, body) => {
      if (type === 'P' || type === 'Q') sql.push(body.toString());
      if (type === 'B') values.push(body.toString());
    });
    client.on('data', messages);
    client.on('error', () => undefined).pipe(upstream);
    upstream.on('error', () => undefined).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { url: url.href, sql, values, close };
}

/** Splits what a client sends into messages; the first one has no type. */
function splitter(onMessage: (type: string, body: Buffer) => void): (data: Buffer) => void {
  let rest = Buffer.alloc(0);
  let typeBytes = 0;
  return (data) => {
    rest = Buffer.concat([rest, data]);
    while (rest.length >= typeBytes + 4) {
      const end = typeBytes + rest.readInt32BE(typeBytes);
      if (rest.length < end) return;
      onMessage(rest.toString('latin1', 0, typeBytes), rest.subarray(typeBytes + 4, end));
      rest = rest.subarray(end);
      typeBytes = 1;
    }
  };
}

import type { ClientBase, Connection } from 'pg';
import { serialize } from 'pg-protocol';
import { ProtocolExchange, writeAtOnce } from './protocol.js';
import type { Statement } from './statement.js';

/**
 * Adds rows by a COPY … FROM STDIN, all of them or none. They are sent at once: give what may lie in memory.
 *
 * @param statement in PostgreSQL's text format, the default
 * @param rows the columns in the statement's order
 */
export async function copyRows(
  client: ClientBase,
  statement: Statement,
  rows: readonly (readonly string[])[],
): Promise<void> {
  const lines = rows.map((columns) => `${columns.map(escapeColumn).join('\t')}\n`);
  await client.query(new Copy(statement, Buffer.from(lines.join('')))).done;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escapeColumn(text: string): string {
  return text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character);
}

/** Source: PostgreSQL manual, 55.2.6 COPY Operations. */
class Copy extends ProtocolExchange<void> {
  constructor(
    private readonly statement: Statement,
    private readonly data: Buffer,
  ) {
    super();
  }

  submit(connection: Connection): void {
    writeAtOnce(connection, [serialize.query(this.statement.text)]);
  }

  handleCopyInResponse(connection: Connection): void {
    writeAtOnce(connection, [serialize.copyData(this.data), serialize.copyDone()]);
  }

  // A COPY returns no rows.
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}

  protected result(): void {}
}

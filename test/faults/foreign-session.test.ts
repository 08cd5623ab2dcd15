import { expect, it } from 'vitest';
import { withConnectionString } from '#els/database/address.js';
import { ForeignSession } from '#els/faults/foreign-session.js';
import { listen } from '../cli/ports.js';

it('waits for a server that does not answer no longer than connect_timeout says', async () => {
  const silent = await listen(() => undefined);
  const url = `postgres://me@127.0.0.1:${silent.port}/any?sslmode=disable&connect_timeout=1`;
  const address = withConnectionString('--database-url', url);
  await expect(ForeignSession.open({ address, schema: 'any' })).rejects.toThrow('timeout');
  await silent.close();
});

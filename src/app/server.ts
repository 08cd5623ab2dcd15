import { leaseEmbeddedServer } from '../database/embedded/lease.js';

/**
 * Keeps the embedded server up for as long as the work lasts.
 *
 * @param env names its home (ELS_ASSIGN_HOME, XDG_STATE_HOME, HOME)
 * @param work gets a URL that psql and `--database-url` take; the password is in a file that it names
 * @throws UsageError when the home cannot be used
 * @throws InfrastructureError when the server cannot be started or does not stop
 */
export async function withEmbeddedServer(
  env: NodeJS.ProcessEnv,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const { connection, writePasswordFile, release } = await leaseEmbeddedServer(env);
  try {
    const { user, host, port, database } = connection;
    const passfile = encodeURIComponent(await writePasswordFile());
    await work(`postgres://${user}@${host}:${port}/${database}?sslmode=disable&passfile=${passfile}`);
  } finally {
    await release();
  }
}

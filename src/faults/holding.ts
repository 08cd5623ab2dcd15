import type { ForeignSession } from './foreign-session.js';

/** Lets a session take what it is to hold; one that cannot is closed. */
export async function holding<T>(
  session: Promise<ForeignSession>,
  take: (session: ForeignSession) => Promise<T>,
): Promise<{ readonly holder: ForeignSession; readonly taken: T }> {
  const holder = await session;
  try {
    return { holder, taken: await take(holder) };
  } catch (error) {
    await holder.close();
    throw error;
  }
}

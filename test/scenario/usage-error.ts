import { expect } from 'vitest';
import { UsageError } from '#els/domain/errors.js';

/** The code and message of the UsageError that an action must end with; the message must be one line. */
export async function usageErrorOf(action: () => unknown): Promise<{ code: string; message: string }> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    expect(error.message, 'one line').not.toMatch(/[\n\r\u2028\u2029]/);
    return { code: error.code, message: error.message };
  }
  throw new Error('nothing was refused');
}

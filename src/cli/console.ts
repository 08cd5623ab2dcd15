import { reasonOf } from '../base/system-error.js';
import { InfrastructureError } from '../domain/errors.js';

// What goes wrong is told to the callback of the write.
process.stdout.on('error', () => undefined);
// A reader of progress that left is not an error either.
process.stderr.on('error', () => undefined);

/**
 * Results go here. Resolves when they are written; a reader that left (`| head`) is not an error.
 *
 * @throws InfrastructureError `unwritable_output`
 */
export async function printResult(text: string): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return;
    const message = `standard output cannot be written: ${reasonOf(error)}`;
    throw new InfrastructureError('unwritable_output', message, { cause: error });
  }
}

/** Progress and complaints go here, one line each. */
export function printLine(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** How wide results may be; nothing where stdout is no terminal. */
export function terminalWidth(): { width?: number } {
  const width = process.stdout.columns;
  return width ? { width } : {};
}

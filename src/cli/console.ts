// What goes wrong is told to the callback of the write.
process.stdout.on('error', () => undefined);
// A reader of progress that left is not an error either.
process.stderr.on('error', () => undefined);

/** Results go here. Resolves when they are written; a reader that left (`| head`) is not an error. */
export function printResult(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (!error || ('code' in error && error.code === 'EPIPE')) resolve();
      else reject(error);
    });
  });
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

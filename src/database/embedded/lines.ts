import type { Socket } from 'node:net';

/** Returns a function that waits for the next line from `socket`; undefined once the other side is gone. */
export function lineReader(socket: Socket): () => Promise<string | undefined> {
  let text = '';
  let gone = false;
  let wake = () => {};
  socket.setEncoding('utf8');
  socket.on('data', (chunk) => {
    text += String(chunk);
    wake();
  });
  // A reset connection is a leave like any other, and 'close' follows it.
  socket.on('error', () => {});
  for (const event of ['end', 'close'])
    socket.on(event, () => {
      gone = true;
      wake();
    });

  return async () => {
    while (!text.includes('\n')) {
      if (gone) return undefined;
      await new Promise<void>((resolve) => (wake = resolve));
    }
    const [line = ''] = text.split('\n', 1);
    text = text.slice(line.length + 1);
    return line;
  };
}

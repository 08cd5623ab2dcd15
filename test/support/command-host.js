// By an address and no literal path, which would have tsc and eslint read all of the bundle.
const { main } = await import(new URL('../../dist/main.js', import.meta.url).href);

// Runs commands for the tests, one after the other, without a start of node and of the modules for each. What a
// command is given and leaves is told by messages: its arguments and environment, its exit code and its output.

process.on('disconnect', () => process.exit());
process.on('message', async ({ args, env }) => {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  const stdout = captured(process.stdout);
  const stderr = captured(process.stderr);
  const code = await main(args);
  process.send({ code, stdout: stdout.join(''), stderr: stderr.join('') });
});

/** Keeps what is written to a stream, as a pipe that is read at once would. */
function captured(stream) {
  const texts = [];
  stream.write = (text, written) => {
    texts.push(text);
    written?.();
    return true;
  };
  return texts;
}

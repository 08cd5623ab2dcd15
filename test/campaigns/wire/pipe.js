// What the wire is measured against: passes bytes on between a port on 127.0.0.1 and a server, and looks at none.
// Started by cpu.js with the server's host and port; says its own port to it, and leaves with it.
import { connect, createServer } from 'node:net';

const [host, port] = process.argv.slice(2);

/** @param {import('node:net').Socket} from @param {import('node:net').Socket} to */
function pass(from, to) {
  from.on('data', (chunk) => void to.write(chunk));
  from.on('close', () => to.destroy());
  from.on('error', () => undefined);
}

const server = createServer({ noDelay: true }, (client) => {
  const upstream = connect({ host, port: Number(port), noDelay: true });
  pass(client, upstream);
  pass(upstream, client);
});
server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
process.on('disconnect', () => process.exit());

import { leaseEmbeddedServer } from '#els/database/embedded/lease.js';

// A command in miniature: leases, prints one line of JSON, and releases when its stdin says so or ends.
// With the argument "forget" it comes to its end without a release.
try {
  const lease = await leaseEmbeddedServer();
  console.log(JSON.stringify({ connection: lease.connection }));
  if (process.argv[2] !== 'forget') {
    await new Promise((resolve) => process.stdin.once('data', resolve).once('end', resolve));
    await lease.release();
    process.stdin.destroy();
  }
} catch (error) {
  console.log(JSON.stringify({ name: error.name, code: error.code, message: error.message }));
}

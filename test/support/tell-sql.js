// Imported into a process before its program: tells on stderr which files of SQL it reads.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import process from 'node:process';

const { readFileSync } = fs;
fs.readFileSync = (path, ...how) => {
  if (String(path).endsWith('.sql')) process.stderr.write(`${String(path)}\n`);
  return readFileSync(path, ...how);
};
syncBuiltinESMExports();

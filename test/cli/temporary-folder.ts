import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder of a test file's own. */
export interface TemporaryFolder {
  /** The path of a name in it; nothing is created. */
  path(name: string): string;
  /** Writes a file and returns its path. */
  write(name: string, content: string | Uint8Array): string;
  /** Makes a folder in it and returns its path. */
  folder(name: string): string;
}

/** Makes a temporary folder at once, and removes it after the tests of a file. */
export function useTemporaryFolder(): TemporaryFolder {
  const root = mkdtempSync(join(tmpdir(), 'els-assign-cli-'));
  // An embedded server that is started by root runs as another user.
  chmodSync(root, 0o755);
  afterAll(() => rmSync(root, { recursive: true }));
  const path = (name: string): string => join(root, name);
  return {
    path,
    write(name, content) {
      writeFileSync(path(name), content);
      return path(name);
    },
    folder(name) {
      mkdirSync(path(name));
      return path(name);
    },
  };
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadDefinition } from '#els/targets/module/load.js';

it('gives a file of any folder the library of the package that runs it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'els-load-'));
  try {
    const path = join(folder, 'seats.target.ts');
    const text = `
      import { defineTarget, UsageError } from 'els-assign';
      export default defineTarget({
        name: UsageError.name,
        async register() {},
        open: () => ({ assign: async () => ({ outcome: 'no_slot' }) }),
      });`;
    await writeFile(path, text);
    expect((await loadDefinition(path)).name).toBe('UsageError');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

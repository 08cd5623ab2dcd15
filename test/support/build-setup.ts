import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The path of bin/els-assign.js: only tests for which the bundle was made can run it. */
    executable: string;
  }
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Makes the bundle once for all projects of a vitest process. */
export default function setup(project: TestProject): void {
  project.provide('executable', `${ROOT}bin/els-assign.js`);
  if (process.env['ELS_TEST_BUILT'] === String(process.pid)) return;
  execFileSync(process.execPath, [`${ROOT}build.js`], { stdio: 'inherit' });
  process.env['ELS_TEST_BUILT'] = String(process.pid);
}

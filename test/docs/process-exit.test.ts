import { ESLint } from 'eslint';
import { expect, it } from 'vitest';

const eslint = new ESLint();

async function complaints(filePath: string, code: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return (result?.messages ?? []).map(({ ruleId }) => ruleId);
}

it.each(['process.exit(1);', 'process.exitCode = 1;', 'process.abort();'])(
  'lint refuses %s outside bin/ and the programs of child processes',
  async (code) => {
    expect(await complaints('src/cli/main.ts', code)).toContain('no-restricted-properties');
    expect(await complaints('src/runner/worker.ts', code)).not.toContain('no-restricted-properties');
    expect(await complaints('bin/els-assign.js', code)).not.toContain('no-restricted-properties');
  },
  // Lint with types reads the whole program first.
  60_000,
);

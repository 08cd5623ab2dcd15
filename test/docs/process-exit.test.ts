import { join } from 'node:path';
import { Linter } from 'eslint';
import { expect, it } from 'vitest';
import config from '../../eslint.config.js';

const RULE = 'no-restricted-properties';
const linter = new Linter();
/** The configuration as far as it is about this rule: types are not needed for it. */
const about = (config as Linter.Config[]).filter(({ rules }) => rules !== undefined && RULE in rules);

function complaints(path: string, code: string): (string | null)[] {
  const everywhere = { files: ['**/*.ts', '**/*.js'] };
  return linter.verify(code, [everywhere, ...about], join(process.cwd(), path)).map(({ ruleId }) => ruleId);
}

it.each(['process.exit(1);', 'process.exitCode = 1;', 'process.abort();'])(
  'lint refuses %s outside bin/ and the programs of child processes',
  (code) => {
    expect(complaints('src/main.ts', code)).toEqual([RULE]);
    expect(complaints('src/runner/worker.ts', code)).toEqual([]);
    expect(complaints('bin/els-assign.js', code)).toEqual([]);
  },
);

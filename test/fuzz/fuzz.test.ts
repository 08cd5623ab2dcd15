import { writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { EXIT, UsageError } from '#els/domain/errors.js';
import { escapeInvisible } from '#els/base/wording.js';
import { useTemporaryFolder } from '../cli/temporary-folder.js';
import fc from '../support/fast-check.js';
import type { Input } from './hostile.js';
import { SUBJECTS, type Subject, type TextSubject } from './subjects.js';
import { Watchdog } from './watchdog.js';
import { chooseSeed } from '../support/draws.js';
import { draws } from '../support/effort.js';

const CASES = Number(process.env['FUZZ_CASES'] ?? draws(50, 200));
/** A failure prints it. */
const SEED = chooseSeed();

/** Of CPU, whatever else the machine does: many times what the largest input takes. */
const LONGEST_CPU_MICROS = 3_000_000;
const HANGS_AFTER_MS = 120_000;

const files = useTemporaryFolder();

async function read(subject: Subject | TextSubject, { content }: Input): Promise<void> {
  if ('readText' in subject) {
    subject.readText(typeof content === 'string' ? content : Buffer.from(content).toString('latin1'));
    return;
  }
  const file = files.path('input.sql.json');
  await writeFile(file, content);
  await subject.read(file);
}

/** One line that no terminal obeys, and exit code 2. */
function expectRefusal(error: unknown): void {
  if (!(error instanceof UsageError)) throw error;
  expect(error.exitCode).toBe(EXIT.usage);
  for (const line of [error.message, ...error.below]) {
    expect(line).toBe(escapeInvisible(line));
    expect(line.length).toBeLessThan(3_000);
  }
}

function expectUnpolluted(): void {
  for (const name in {}) throw new Error(`every object has a ${name} now`);
}

it.each(SUBJECTS)(
  '$name is read or refused, whatever it holds',
  async (subject) => {
    const watchdog = new Watchdog(`${subject.name} (ELS_TEST_SEED=${SEED})`, HANGS_AFTER_MS);
    const property = fc.asyncProperty(subject.inputs, async (input) => {
      watchdog.beat();
      const before = process.cpuUsage();
      await read(subject, input).catch(expectRefusal);
      expectUnpolluted();
      const { user, system } = process.cpuUsage(before);
      expect(user + system, 'microseconds of CPU').toBeLessThan(LONGEST_CPU_MICROS);
    });
    try {
      await fc.assert(property, { seed: SEED, numRuns: CASES });
    } finally {
      await watchdog.stop();
    }
  },
  0,
);

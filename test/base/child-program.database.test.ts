import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ChildProgram, killChildPrograms } from '#els/base/child-program.js';

const TALKER = fileURLToPath(new URL('talker.js', import.meta.url));

interface Told {
  readonly type: 'echo' | 'count and exit';
  readonly value: unknown;
}

/** A child process, and what was heard of it so far. */
function talker() {
  const heard: unknown[] = [];
  const child = new ChildProgram<Told>(TALKER, (message) => heard.push(message));
  return { child, heard };
}

it('passes on what JSON cannot say, both ways', async () => {
  const { child, heard } = talker();
  const value = { none: undefined, notANumber: NaN, set: new Set([1]) };
  child.send({ type: 'echo', value });
  await expect.poll(() => heard, { timeout: 30_000 }).toEqual([{ value }]);
  child.dismiss();
  expect(await child.gone).toEqual({ ran: true, how: 'exited with code 0' });
});

it('is gone when all that it said was heard', async () => {
  const { child, heard } = talker();
  child.send({ type: 'count and exit', value: 5_000 });
  expect(await child.gone).toEqual({ ran: true, how: 'exited with code 7' });
  expect(heard).toHaveLength(5_000);
});

it('hears nothing when it is gone, and complains of nothing', async () => {
  const { child, heard } = talker();
  child.kill();
  expect(await child.gone).toEqual({ ran: true, how: 'was killed by SIGKILL' });
  child.send({ type: 'echo', value: 1 });
  child.dismiss();
  child.kill();
  expect(heard).toEqual([]);
});

it('is killed with all others', async () => {
  const children = [talker().child, talker().child];
  killChildPrograms();
  const ends = await Promise.all(children.map(({ gone }) => gone));
  expect(ends.map(({ how }) => how)).toEqual(['was killed by SIGKILL', 'was killed by SIGKILL']);
});

import { inject } from 'vitest';
import { afterEach, expect, it } from 'vitest';
import { UnrecordedBatches } from '#els/runs/foreign-batches.js';
import { HostProcess } from '#els/targets/module/host-process.js';
import { ModuleHost } from '#els/targets/module/host.js';
import { useTemporaryFolder } from '../../cli/temporary-folder.js';

const files = useTemporaryFolder();
const started: HostProcess[] = [];

afterEach(async () => {
  for (const process of started.splice(0)) await process.close();
});

/** A host of a target with more members than it must have. */
async function hostOf(members: string): Promise<ModuleHost> {
  const text = `export default { register() {}, open: () => ({ assign() {} }), ${members} };`;
  const process = await HostProcess.start(files.write('hosted.target.mjs', text), inject('databaseUrl'));
  started.push(process);
  return new ModuleHost(new UnrecordedBatches('a test'), process);
}

/** An audit that finds so many contents wrong. */
const finding = (count: number) =>
  `audits: { whole: () => Array.from({ length: ${count} }, (_, position) => ({ contentId: position })) }`;

it('tells every row that an audit finds: the last may be the one that has no excuse', async () => {
  const [audit] = await (await hostOf(finding(1_001))).audit([]);
  expect(audit?.rows.at(-1)).toEqual({ contentId: 1_000 });
  expect(audit?.gap).toBeUndefined();
});

it('says how many rows it looked at where there are too many', async () => {
  const [audit] = await (await hostOf(finding(100_001))).audit([]);
  expect(audit?.rows).toHaveLength(100_000);
  const reason = 'only the first 100000 of the 100001 rows that it found were looked at';
  expect(audit?.gap).toEqual({ reason, everywhere: false });
});

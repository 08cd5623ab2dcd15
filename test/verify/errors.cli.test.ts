import { expect } from 'vitest';
import { useTemporaryFolder } from '../cli/temporary-folder.js';
import { drawn } from '../support/draws.js';
import { edited, sqlFile } from '../engine/support/custom.js';
import { useDatabase } from '../support/database.js';
import { burstFile, runJson, violated } from './scenario-files.js';

const db = useDatabase();
const files = useTemporaryFolder();

drawn(
  'a run whose callers were only told errors is not valid, though it can be done afterwards',
  async (draw) => {
    const sql = edited(
      sqlFile('strategies/cte.sql'),
      'left join assigned on true',
      'left join assigned on 1 / (random() < 0.2)::integer = 1',
    );
    const strategy = files.write('fails-often.sql', sql);
    const counts = { slots: 40, contents: 40, deliveries: 1, workers: draw.integer(1, 3), connections: 4 };
    const { code, verdict, runs } = await runJson(db, strategy, [
      await burstFile(files.folder('f'), 'often', counts),
    ]);
    expect(runs[0]?.outcomes.error).toBeGreaterThan(0);
    expect(verdict).not.toBe('valid');
    expect(code).toBe(1);
    const names = violated(runs[0]);
    if (names.length === 0)
      expect(runs[0]?.notes.join()).toMatch(/contents that callers were only told errors of: \d+/);
  },
);

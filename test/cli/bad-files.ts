import { randomBytes } from 'node:crypto';
import type { BadInput } from './bad-input.js';
import type { TemporaryFolder } from './temporary-folder.js';

const SOUND_SCENARIO = { name: 'mine', description: 'a scenario', slots: 2 };

type Written = [name: string, content: string | Uint8Array, ...says: string[]];

const FIRST = '-- inventory: slots\n';
const ANSWER = 'select null::text as essay_id, null::text as outcome';

/** Refused without a database. */
const UNREADABLE: readonly Written[] = [
  ['binary.sql', randomBytes(300)],
  ['binary-with-first-line.sql', Buffer.concat([Buffer.from(FIRST), randomBytes(300), Buffer.of(0, 255)])],
  ['nul.sql', `${FIRST}${ANSWER} where '\0' = :batch_id`],
  ['empty.sql', ''],
  ['no-first-line.sql', ANSWER, '-- inventory: slots'],
  ['wrong-first-line.sql', `-- inventory: seats\n${ANSWER}`, '-- inventory: slots'],
  ['late-first-line.sql', `\n${FIRST}${ANSWER}`, '-- inventory: slots'],
  ['bind.sql', `${FIRST}${ANSWER} where :batch_idd = ''`, 'batch_idd', ':batch_id '],
];

/** Refused by PostgreSQL, or for what PostgreSQL says of them. */
const UNFIT: readonly Written[] = [
  ['nothing-but-first-line.sql', FIRST],
  ['prose.sql', `${FIRST}Each content gets one slot of its batch.\n`, 'PostgreSQL', 'line 2'],
  ['no-table.sql', `${FIRST}select a as essay_id, b as outcome\nfrom nowhere`, 'nowhere', 'line 3'],
  ['two-statements.sql', `${FIRST}${ANSWER};\ndrop table essay_states`, 'PostgreSQL'],
  ['ddl.sql', `${FIRST}drop table essay_states`, 'essay_id', 'outcome'],
  ['columns.sql', `${FIRST}select :batch_id as essay_id`, 'essay_id', 'outcome'],
  ['types.sql', `${FIRST}select 1 as essay_id, 'created' as outcome`, 'essay_id'],
];

/** Strategy files that must be refused, and words that the refusal says. */
export function badStrategies(files: TemporaryFolder): BadInput[] {
  const unreadable: [path: string, says: string[]][] = [
    ...UNREADABLE.map((file) => write(files, file)),
    [files.path('missing.sql'), ['missing.sql', 'no such file']],
    [files.folder('folder.sql'), ['folder.sql', 'directory']],
  ];
  return [
    ...unreadable.map(([path, says], position) => inTurn(position, { ...usingStrategy(path), says })),
    ...UNFIT.map((file) => write(files, file)).map(([path, says]) => ({ ...usingStrategy(path), says })),
    {
      name: 'strategy to compare',
      args: ['compare', '--strategies', `cte,${files.path('prose.sql')}`],
      says: ['prose.sql'],
    },
  ];
}

function usingStrategy(path: string) {
  return { name: `strategy ${path}`, args: ['run', '--strategy', path] };
}

function write(files: TemporaryFolder, [name, content, ...says]: Written): [path: string, says: string[]] {
  return [files.write(name, content), [name, ...says]];
}

/** What is refused before anything connects is tried as text and with `--json` in turn. */
function inTurn(position: number, input: BadInput): BadInput {
  return { ...input, only: position % 2 === 0 ? 'text' : 'json' };
}

/** Scenario files that must be refused, and words that the refusal says. */
export function badScenarios(files: TemporaryFolder): BadInput[] {
  const sound = (changes: object): string => JSON.stringify({ ...SOUND_SCENARIO, ...changes });
  const written: Written[] = [
    ['comma.json', '{\n  "name": "mine"\n  "slots": 2\n}', 'line 3 column 3'],
    ['open.json', '{\n  "name": "mine",\n  "slots": [1', 'line 3 column 14'],
    ['quote.json', "{\n\n 'name': 1}", 'line 3 column 2'],
    ['nothing.json', '', 'line 1 column 1'],
    ['bytes.json', randomBytes(300)],
    ['list.json', '[]', 'a list'],
    ['text-slots.json', sound({ slots: '2' }), 'slots', '"2"'],
    ['half-slot.json', sound({ slots: 1.5 }), 'slots', '1.5'],
    ['no-slots.json', sound({ slots: undefined }), 'slots', 'missing'],
    ['null-workers.json', sound({ workers: null }), 'workers', 'null'],
    ['many-workers.json', sound({ workers: 1e6 }), 'workers', '1000000'],
    ['arrival.json', sound({ arrival: 'tsunami' }), 'arrival', 'tsunami', 'burst'],
    ['unknown-field.json', sound({ contnets: 2 }), 'contnets', 'contents'],
    ['duration.json', sound({ arrival: 'closed', duration: '5 parsecs' }), 'duration', 'parsecs'],
    ['burst-duration.json', sound({ duration: '5s' }), 'duration', 'burst'],
    ['gate-type.json', sound({ gates: [7] }), 'gates[0]', '7'],
  ];
  const paths: [path: string, says: string[]][] = [
    ...written.map((file) => write(files, file)),
    [files.path('missing.json'), ['missing.json', 'no such file']],
    [files.folder('folder.json'), ['folder.json', 'directory']],
  ];
  const withGates = badGates(files, sound);
  return [...paths.map(([path, says]) => ({ path, says })), ...withGates].map(
    ({ path, ...input }, position) =>
      inTurn(position, { name: `scenario ${path}`, args: ['run', '--scenario', path], ...input }),
  );
}

/** Scenario files with a gate that must be refused, and the character that is pointed at. */
function badGates(files: TemporaryFolder, sound: (changes: object) => string) {
  const gates: [name: string, gates: string[], column: number, ...says: string[]][] = [
    ['gate-name.json', ['error == 0', 'p96 < 500ms'], 1, 'gates[1]', 'column 1', 'p96'],
    ['gate-unit.json', ['p95 < 500'], 7, 'gates[0]', 'column 7', '500ms'],
    ['gate-sign.json', ['created = contents'], 9, 'gates[0]', 'column 9'],
    ['gate-strategy.json', ['2 * cte.p95 < 1s'], 5, 'column 5', '"cte" is not compared', '`compare`'],
  ];
  return gates.map(([name, written, column, ...says]) => {
    const points = [written.at(-1) ?? '', column] as const;
    return { path: files.write(name, sound({ gates: written })), points, says };
  });
}

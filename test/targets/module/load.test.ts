import { createRequire } from 'node:module';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '#els/domain/errors.js';
import { describeDefinition, loadDefinition } from '#els/targets/module/load.js';
import { isModulePath, nameOfFile } from '#els/targets/module/path.js';

/** Beside no project: nothing is found from it but what the loader gives. */
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'els-load-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

let files = 0;

/** A file of its own for each text: what was loaded is kept by its path. */
async function file(text: string, ending = '.target.ts'): Promise<string> {
  const path = join(folder, `${++files}`, `seats${ending}`);
  await mkdir(dirname(path));
  await writeFile(path, text);
  return path;
}

async function refusalOf(text: string, ending?: string): Promise<string> {
  const path = await file(text, ending);
  const error = await loadDefinition(path).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UsageError)) throw new Error(`it was not refused: ${String(error)}`);
  expect(error.code).toBe('invalid_target');
  expect(error.message).not.toMatch(/[\n\r]/);
  const start = `target file ${JSON.stringify(path)}: `;
  expect(error.message.startsWith(start)).toBe(true);
  return error.message.slice(start.length);
}

const OPEN = 'open: () => ({ assign: async () => ({ outcome: "no_slot" }) })';
const REGISTER = 'async register() {}';
const FIELDS = `${REGISTER}, ${OPEN}`;

/** A file whose definition has what every target has, and more. */
function definition(more: string): string {
  return `export default { ${FIELDS}, ${more} };`;
}

describe('a file that is a target', () => {
  it('is loaded with its types stripped', async () => {
    const path = await file(`
      enum Places { named = 'named' }
      interface Ref { readonly id: number }
      export default {
        places: Places.named,
        async register(): Promise<{ batchId: string, ref: Ref }[]> { return []; },
        open: (settings: { instance: number }) => ({ assign: async (call: unknown) => ({ outcome: 'no_slot' as const }) }),
      };`);
    const loaded = await loadDefinition(path);
    expect(loaded.places).toBe('named');
    expect(await loaded.open({ connectionString: '', connections: 1, instance: 1 })).toHaveProperty('assign');
  });

  it.each(['.ts', '.mts', '.js', '.mjs', '.target.mts'])('may be an ES module: seats%s', async (ending) => {
    const loaded = await loadDefinition(await file(definition('name: "mine"'), ending));
    expect(loaded.name).toBe('mine');
  });

  it.each(['.cjs', '.cts', '.js'])('may be a CommonJS module: seats%s', async (ending) => {
    const exported = `module.exports = { ${FIELDS}, name: "mine" };`;
    expect((await loadDefinition(await file(exported, ending))).name).toBe('mine');
    const transpiled = `
      Object.defineProperty(exports, '__esModule', { value: true });
      exports.default = { ${FIELDS}, name: "mine" };`;
    expect((await loadDefinition(await file(transpiled, ending))).name).toBe('mine');
  });

  it('finds the driver that this package has, where it has none of its own', async () => {
    const path = await file(`import pg from 'pg';\n${definition('name: typeof pg.Client')}`);
    // As in every worker: the package's own copy is in use already.
    createRequire(import.meta.url)('pg');
    expect((await loadDefinition(path)).name).toBe('function');
  });

  it('shares one copy of what several of its files import', async () => {
    const path = await file(`
      import { state } from './state.ts';
      import { same } from './other.ts';
      ${definition('name: String(same === state)')}`);
    await writeFile(join(dirname(path), 'state.ts'), 'export const state = {};');
    await writeFile(
      join(dirname(path), 'other.ts'),
      "import { state } from './state.ts'; export const same = state;",
    );
    expect((await loadDefinition(path)).name).toBe('true');
  });

  it('finds the driver of its own project before that', async () => {
    const path = await file(`import pg from 'pg';\n${definition('name: pg.whose')}`);
    const own = join(dirname(path), 'node_modules/pg');
    await mkdir(own, { recursive: true });
    await writeFile(join(own, 'package.json'), '{ "name": "pg", "main": "index.js" }');
    await writeFile(join(own, 'index.js'), 'module.exports = { whose: "its own" };');
    expect((await loadDefinition(path)).name).toBe('its own');
  });

  it('finds what stands beside it', async () => {
    const path = await file(`import { name } from './beside';\n${definition('name')}`);
    await writeFile(join(dirname(path), 'beside.ts'), 'export const name: string = "beside";');
    expect((await loadDefinition(path)).name).toBe('beside');
  });

  it('may be named from the working directory', async () => {
    const path = await file(definition('name: "mine"'));
    expect((await loadDefinition(relative(process.cwd(), path))).name).toBe('mine');
  });
});

describe('a file that is none', () => {
  it.each([
    ['export const target = 1;', '.target.ts'],
    ['export const target = 1;', '.mjs'],
    ['', '.ts'],
    ['export default undefined;', '.ts'],
  ])('has no default export: %s in seats%s', async (text, ending) => {
    expect(await refusalOf(text, ending)).toBe(
      'it has no default export; accepted: export default defineTarget({ … })',
    );
  });

  it.each(['5', 'null', '"seats"', '() => ({})', 'class { register() {} }'])(
    'exports what is no object: %s',
    async (exported) => {
      expect(await refusalOf(`export default ${exported};`)).toBe(
        'its default export is no object; accepted: export default defineTarget({ … })',
      );
    },
  );

  it('has a mistake of syntax: where', async () => {
    expect(await refusalOf('const seats = 1;\nexport default { register( };')).toBe(
      'line 2 column 28: Unexpected token',
    );
  });

  it('asks for a package that is not there', async () => {
    expect(await refusalOf(`import x from 'no-such-package';\n${definition('x')}`)).toBe(
      "cannot be loaded: Cannot find module 'no-such-package'",
    );
  });

  it.each([
    ["throw new Error('first line\\nsecond line');", 'first line'],
    ["throw 'a text';", 'a text'],
    ['throw undefined;', 'it throws undefined'],
    ['throw Object.create(null);', 'it throws an object'],
  ])('throws when it is loaded: %s', async (text, words) => {
    expect(await refusalOf(text)).toBe(`cannot be loaded: ${words}`);
  });

  it('is not there, or is a folder', async () => {
    const missing = join(folder, 'nowhere.target.ts');
    await expect(loadDefinition(missing)).rejects.toThrow(
      new UsageError('invalid_target', `target file "${missing}": no such file or directory`),
    );
    const asFolder = join(folder, 'folder.target.ts');
    await mkdir(asFolder);
    await expect(loadDefinition(asFolder)).rejects.toThrow(
      new UsageError('invalid_target', `target file "${asFolder}": it is no file`),
    );
  });
});

const KNOWN = 'register, open, setup, assignments, remove, name, promises, places, ids, audits';

describe('a definition that is wrong', () => {
  it.each([
    [`export default { ${OPEN} };`, 'it has no function register'],
    [`export default { ${REGISTER} };`, 'it has no function open'],
    [`export default { ${REGISTER}, open: {} };`, 'open is an object; accepted: a function'],
    [
      `export default { ${OPEN}, register: "register.sql" };`,
      'register is "register.sql"; accepted: a function',
    ],
    [definition('setup: "setup.sql"'), 'setup is "setup.sql"; accepted: a function'],
    [definition('assignments: []'), 'assignments is a list; accepted: a function'],
    [definition('remove: null'), 'remove is null; accepted: a function'],
    [
      definition('assigments() {}'),
      `it has the field "assigments" (did you mean assignments?); accepted are ${KNOWN}`,
    ],
    [definition('zzz: 1'), `it has the field "zzz"; accepted are ${KNOWN}`],
    [
      definition('promises: { idempotant: true }'),
      'promises has "idempotant" (did you mean idempotent?); accepted are idempotent, truthfulNoSlot',
    ],
    [
      definition('promises: { idempotent: "yes" }'),
      'promises.idempotent is "yes"; accepted are true and false',
    ],
    [
      definition('promises: { truthfulNoSlot: null }'),
      'promises.truthfulNoSlot is null; accepted are true and false',
    ],
    [
      definition('promises: { idempotent: Object.create(null) }'),
      'promises.idempotent is an object; accepted are true and false',
    ],
    [definition('promises: true'), 'promises is true; accepted: an object'],
    [definition('promises: []'), 'promises is a list; accepted: an object'],
    [definition('promises: null'), 'promises is null; accepted: an object'],
    [definition('places: "numbered"'), 'places is "numbered"; accepted are named, counted'],
    [definition('places: 5n'), 'places is 5; accepted are named, counted'],
    [definition('places: () => 1'), 'places is a function; accepted are named, counted'],
    [definition('ids: { batch: "bigint" }'), 'ids.batch is "bigint"; accepted are text, uuid, integer'],
    [definition('ids: { content: 1 }'), 'ids.content is 1; accepted are text, uuid, integer'],
    [definition('ids: { slot: "text" }'), 'ids has "slot"; accepted are batch, content'],
    [definition('ids: "uuid"'), 'ids is "uuid"; accepted: an object'],
    [definition('audits: { paid: "paid.sql" }'), 'audits.paid is "paid.sql"; accepted is a function'],
    [definition('audits: []'), 'audits is a list; accepted: an object'],
    [definition('audits: { "two\\nlines": 1 }'), 'audits."two\\nlines" is 1; accepted is a function'],
    [definition('name: ""'), 'name is ""; accepted: one line of 1 to 63 characters without a comma'],
    [definition('name: 7'), 'name is 7; accepted: one line of 1 to 63 characters without a comma'],
    [definition('name: "a,b"'), 'name is "a,b"; accepted: one line of 1 to 63 characters without a comma'],
    [
      definition('name: "a\\nb"'),
      'name is "a\\nb"; accepted: one line of 1 to 63 characters without a comma',
    ],
  ])('is refused: %s', async (text, complaint) => {
    expect(await refusalOf(text)).toBe(complaint);
  });

  it('is none where optional fields are undefined', async () => {
    const fields = ['setup', 'assignments', 'remove', 'name', 'promises', 'places', 'ids', 'audits'];
    const path = await file(definition(fields.map((field) => `${field}: undefined`).join(', ')));
    expect(describeDefinition(await loadDefinition(path), path)).toEqual({
      name: 'seats',
      promises: { idempotent: true, truthfulNoSlot: true },
      promisesAssumed: true,
      places: 'named',
      ids: { batch: 'text', content: 'text' },
      hasSetup: false,
      hasAssignments: false,
      hasRemove: false,
      audits: [],
    });
  });
});

it('says of a definition what it has', async () => {
  const path = await file(
    definition(`
      name: 'mine', promises: { idempotent: false }, places: 'counted', ids: { content: 'uuid' },
      async setup() {}, async assignments() { return [] }, async remove() {},
      audits: { paid: async () => [], free: async () => [] }`),
  );
  expect(describeDefinition(await loadDefinition(path), path)).toEqual({
    name: 'mine',
    promises: { idempotent: false, truthfulNoSlot: true },
    promisesAssumed: false,
    places: 'counted',
    ids: { batch: 'text', content: 'uuid' },
    hasSetup: true,
    hasAssignments: true,
    hasRemove: true,
    audits: ['paid', 'free'],
  });
});

it.each([
  ['./seats.target.ts', 'seats'],
  ['/a/b/seats.ts', 'seats'],
  ['seats.target.mjs', 'seats'],
  ['seats.cjs', 'seats'],
  ['seats.v2.target.js', 'seats.v2'],
])('names a target after its file: %s', (path, name) => {
  expect(isModulePath(path)).toBe(true);
  expect(nameOfFile(path)).toBe(name);
});

it.each(['seats', 'seats.sql', 'seats.target.json', 'cte', 'ts'])('takes no module for %s', (path) => {
  expect(isModulePath(path)).toBe(false);
});

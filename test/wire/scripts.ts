import { serialize } from 'pg-protocol';
import { int32, message } from '#els/wire/messages.js';

/** What a client sends, and the types of the messages that answer it. */
export type Step = readonly [Buffer, string];

/** A conversation, and how many round trips it has. */
export interface Script {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly roundTrips: number;
  /** Where a statement put in between would be another conversation: it ends with a Sync, which ends an error too. */
  readonly takesNoOther?: true;
  /** The client waits for what it did not ask for: a gate waits for it to ask. */
  readonly waitsUnasked?: true;
}

const all = (...parts: readonly Buffer[]): Buffer => Buffer.concat(parts);
export const query = (text: string): Buffer => serialize.query(text);
const parse = (text: string, name = ''): Buffer => serialize.parse({ name, text, types: [] });
const bind = serialize.bind({});
const describe = serialize.describe({ type: 'P' });
const execute = (rows = 0): Buffer => serialize.execute({ rows });
export const sync = serialize.sync();
const flush = serialize.flush();
const data = (text: string): Buffer => serialize.copyData(Buffer.from(text));
const done = serialize.copyDone();

const run = (text: string): Buffer => all(parse(text), bind, execute());
const WRONG = 'select no_such_column';
const COPY_IN = 'copy pg_temp.t from stdin';
const TABLE: Step = [query('create temp table t (n int)'), 'CZ'];
const COUNT: Step = [query('select count(*) from t'), 'TDCZ'];
/** int4pl(1, 2), by its number in pg_proc. */
const CALL = message(
  'F',
  all(
    int32(177),
    Buffer.from([0, 1, 0, 1, 0, 2]),
    int32(4),
    int32(1),
    int32(4),
    int32(2),
    Buffer.from([0, 1]),
  ),
);

/** Conversations in which it is not plain where a round trip ends. */
export const SCRIPTS: readonly Script[] = [
  {
    name: 'queries, empty and of several statements',
    steps: [
      [query('select 1'), 'TDCZ'],
      [query(''), 'IZ'],
      [query('select 1; select 2; set application_name = x'), 'TDCTDCCSZ'],
      [query('select 1; select no_such_column; select 2'), 'TDCEZ'],
    ],
    roundTrips: 4,
  },
  {
    name: 'changed parameters and notices',
    steps: [
      [query(`set application_name = 'other'`), 'CSZ'],
      [query(`do $$ begin raise notice 'now'; raise info 'then'; end $$`), 'NNCZ'],
    ],
    roundTrips: 2,
  },
  { name: 'a function call', steps: [[CALL, 'VZ']], roundTrips: 1 },
  {
    name: 'a prepared statement, described by a Flush of its own',
    steps: [
      [all(parse('select 1', 'one'), serialize.describe({ type: 'S', name: 'one' }), flush), '1tT'],
      [all(serialize.bind({ statement: 'one' }), execute(), sync), '2DCZ'],
      [
        all(
          serialize.bind({ statement: 'one' }),
          execute(),
          serialize.close({ type: 'S', name: 'one' }),
          sync,
        ),
        '2DC3Z',
      ],
    ],
    roundTrips: 3,
  },
  {
    name: 'a portal in parts',
    steps: [
      [all(parse('select generate_series(1, 5)'), bind, describe, execute(2), flush), '12TDDs'],
      [all(execute(2), flush), 'DDs'],
      [all(execute(2), flush), 'DC'],
      [sync, 'Z'],
    ],
    roundTrips: 4,
    takesNoOther: true,
  },
  {
    name: 'Flush with nothing to wait for',
    steps: [
      [flush, ''],
      [all(flush, run('select 1'), sync), '12DCZ'],
    ],
    roundTrips: 1,
  },
  {
    name: 'an error in the midst of a batch',
    steps: [
      [all(run('select 1'), run(WRONG), run('select 2'), sync), '12DCEZ'],
      [query('select 1'), 'TDCZ'],
    ],
    roundTrips: 2,
  },
  {
    name: 'an error before a Flush, and what is skipped after it',
    steps: [
      [all(parse(WRONG), flush), 'E'],
      [all(run('select 1'), flush, run('select 2'), flush), ''],
      [query('select 3'), ''],
      [sync, 'Z'],
      [query('select 1'), 'TDCZ'],
    ],
    roundTrips: 3,
    takesNoOther: true,
  },
  {
    name: 'Flushes sent behind an error before it came',
    steps: [
      [all(run(WRONG), flush, run('select 1'), flush, run('select 2'), sync), 'EZ'],
      [all(run('select 1'), flush, sync), '12DCZ'],
    ],
    roundTrips: 4,
    takesNoOther: true,
  },
  {
    name: 'an error that comes before it is asked for',
    waitsUnasked: true,
    steps: [
      [parse(WRONG), 'E'],
      [flush, ''],
      [all(sync, query('select 1')), 'ZTDCZ'],
    ],
    roundTrips: 2,
    takesNoOther: true,
  },
  {
    name: 'a Query behind an error without a Sync',
    steps: [
      [all(parse(WRONG), query('select 1'), sync), 'EZ'],
      [query('select 1'), 'TDCZ'],
    ],
    roundTrips: 3,
    takesNoOther: true,
  },
  {
    name: 'a Query behind messages without a Sync',
    steps: [[all(run('select 1'), query('select 2'), sync), '12DCTDCZZ']],
    roundTrips: 2,
  },
  {
    name: 'a pipeline of round trips, one with an error',
    steps: [
      [
        all(...[1, 2, 3].flatMap((n) => [run(`select ${n}`), sync]), run(WRONG), sync, run('select 5'), sync),
        '12DCZ12DCZ12DCZEZ12DCZ',
      ],
      [all(query('select 1'), query(WRONG), query('select 2')), 'TDCZEZTDCZ'],
    ],
    roundTrips: 8,
  },
  {
    name: 'COPY in, simple',
    steps: [TABLE, [query(COPY_IN), 'G'], [all(data('1\n'), data('2\n'), done), 'CZ'], COUNT],
    roundTrips: 3,
  },
  {
    name: 'COPY in, simple, sent at once, twice in a string',
    steps: [
      TABLE,
      [
        all(query(`${COPY_IN}; ${COPY_IN}`), data('1\n'), done, data('2\n'), done, query('select 1')),
        'GCGCZTDCZ',
      ],
      COUNT,
    ],
    roundTrips: 4,
  },
  {
    name: 'COPY in, extended, as libpq does it: with a Sync before the data, which the server ignores',
    steps: [
      TABLE,
      [all(run(COPY_IN), sync), '12G'],
      [data('1\n'), ''],
      [all(data('2\n'), done, sync), 'CZ'],
      COUNT,
    ],
    roundTrips: 3,
  },
  {
    name: 'COPY in, extended, sent at once',
    steps: [TABLE, [all(run(COPY_IN), sync, data('1\n'), done, sync, query('select 1')), '12GCZTDCZ'], COUNT],
    roundTrips: 4,
  },
  {
    name: 'COPY in, extended, with Syncs and Flushes among the data',
    steps: [TABLE, [all(run(COPY_IN), flush, sync, flush, data('1\n'), sync, done, sync), '12GCZ'], COUNT],
    roundTrips: 3,
    takesNoOther: true,
  },
  {
    name: 'COPY in, extended, without a Sync before the data',
    waitsUnasked: true,
    steps: [TABLE, [run(COPY_IN), '12G'], [all(data('1\n'), done, sync), 'CZ'], COUNT],
    roundTrips: 3,
  },
  {
    name: 'COPY in that the client gives up',
    steps: [
      TABLE,
      [query(COPY_IN), 'G'],
      [all(data('1\n'), serialize.copyFail('enough')), 'EZ'],
      [all(run(COPY_IN), sync), '12G'],
      [all(data('1\n'), serialize.copyFail('enough'), sync), 'EZ'],
      COUNT,
    ],
    roundTrips: 4,
  },
  {
    name: 'COPY in of data that the server refuses',
    steps: [
      TABLE,
      [query(COPY_IN), 'G'],
      [all(data('one\n'), data('2\n'), done), 'EZ'],
      [all(run(COPY_IN), sync), '12G'],
      [all(data('one\n'), data('2\n'), done, sync), 'EZ'],
      COUNT,
    ],
    roundTrips: 4,
  },
  {
    name: 'COPY out',
    steps: [
      [query('copy (select generate_series(1, 3)) to stdout'), 'HdddcCZ'],
      [all(run('copy (select generate_series(1, 3)) to stdout'), sync), '12HdddcCZ'],
    ],
    roundTrips: 2,
  },
  {
    name: 'transactions, failed ones too',
    steps: [
      [query('begin'), 'CZ'],
      [query(WRONG), 'EZ'],
      [all(run('select 1'), sync), 'EZ'],
      [query('rollback'), 'CZ'],
    ],
    roundTrips: 4,
  },
];

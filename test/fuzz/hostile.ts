import fc from '../support/fast-check.js';

/** One input; what a failure shows of it is short. */
export class Input {
  constructor(readonly content: string | Uint8Array) {}

  [fc.toStringMethod](): string {
    const { content } = this;
    const text = typeof content === 'string' ? content : Buffer.from(content).toString('latin1');
    return `${text.length} × ${JSON.stringify(text.slice(0, 400))}`;
  }
}

const LONGEST = 2 ** 20;

/** What parsers stumble over, wherever it stands. */
const STUMBLING = [
  ...[
    '"',
    "'",
    '\\',
    '`',
    '$$',
    '$a$',
    "E'",
    '/*',
    '*/',
    '--',
    ';',
    ':',
    ':a',
    ':"a"',
    '::',
    '\0',
    '\x1b[2J',
  ],
  ...[
    '\ud800',
    '\udc00\ud800',
    '"\\ud800"',
    '\\u0000',
    '\ufeff',
    '\u2028',
    '\u202e',
    '\u00a0',
    '\r',
    '\r\n',
    '\n\n',
  ],
  ...[
    '1e999',
    '-1e308',
    '5e-324',
    '-0',
    '9007199254740993',
    '9'.repeat(400),
    'NaN',
    'Infinity',
    '0x10',
    '1_000',
  ],
  ...[
    '"__proto__": {"polluted": 1},',
    '"constructor": null,',
    '{"__proto__": []}',
    '"toString"',
    'null',
    'true',
  ],
  ...['[]', '{}', '[', '{"a":', '((((', '://:', 'a@b', '${x}', '%s%n', '<!--', 'ﬀ', 'İ', '👩‍👩‍👧'],
];

const LONG = [
  '['.repeat(100_000),
  '{"a":'.repeat(50_000),
  `${'['.repeat(200_000)}${']'.repeat(200_000)}`,
  'x'.repeat(LONGEST),
];

type Change = (text: string) => string;

/** Cuts a text somewhere; a piece of up to 40 characters lies between the ends. */
const cut = fc
  .record({ at: fc.nat(), length: fc.nat({ max: 40 }) })
  .map(({ at, length }) => (text: string): [string, string, string] => {
    const from = at % (text.length + 1);
    return [text.slice(0, from), text.slice(from, from + length), text.slice(from + length)];
  });

const truncated: fc.Arbitrary<Change> = cut.map((parts) => (text) => parts(text)[0]);

const replaced: fc.Arbitrary<Change> = fc
  .record({
    parts: cut,
    by: fc.oneof(
      { weight: 60, arbitrary: fc.constantFrom(...STUMBLING) },
      { weight: 20, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) },
      { weight: 1, arbitrary: fc.constantFrom(...LONG) },
    ),
  })
  .map(({ parts, by }) => (text) => {
    const [before, , after] = parts(text);
    return `${before}${by}${after}`;
  });

/** What costs a pattern more than each of its characters once shows when it is long. */
const repeated: fc.Arbitrary<Change> = fc
  .record({
    parts: cut,
    times: fc.oneof({ weight: 40, arbitrary: fc.nat({ max: 50 }) }, fc.constant(LONGEST)),
  })
  .map(({ parts, times }) => (text) => {
    const [before, piece, after] = parts(text);
    const room = (LONGEST - text.length) / Math.max(1, piece.length);
    return `${before}${piece.repeat(Math.max(0, Math.min(times, room)))}${after}`;
  });

const swapped: fc.Arbitrary<Change> = fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => (text) => {
  const words = text.split(/(\W)/);
  const [first, second] = [a % words.length, b % words.length];
  [words[first], words[second]] = [words[second] ?? '', words[first] ?? ''];
  return words.join('');
});

const elsewhere: fc.Arbitrary<Change> = fc.constantFrom<Change[]>(
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => `\ufeff${text}`,
  (text) => text.toUpperCase(),
  (text) => text.replaceAll(' ', ''),
);

const changes = fc.array(fc.oneof(truncated, replaced, replaced, repeated, swapped, elsewhere), {
  minLength: 1,
  maxLength: 4,
});

/** Valid texts with up to four things done to them, texts of the grammar's own words, and noise. */
export function hostileTexts(samples: readonly string[], words: readonly string[]): fc.Arbitrary<string> {
  const mutated = fc
    .record({ sample: fc.constantFrom(...samples), changes })
    .map(({ sample, changes }) => changes.reduce((text, change) => change(text), sample));
  const soup = fc.array(fc.constantFrom(...words, ' ', '\n'), { maxLength: 30 }).map((list) => list.join(''));
  return fc.oneof(
    { weight: 6, arbitrary: mutated },
    { weight: 3, arbitrary: soup },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  );
}

const MARK = '\u0001';

/** JSON of values that no field expects. */
const strangeValues = fc.oneof(
  { weight: 10, arbitrary: fc.json({ maxDepth: 3 }) },
  {
    weight: 10,
    arbitrary: fc.constantFrom(
      ...[
        '1e308',
        '5e-324',
        '-0',
        '9007199254740993',
        '-1',
        '0.5',
        '1e999',
        '""',
        '"\\ud800"',
        '"\\u001b[2J"',
      ],
      ...['"__proto__"', '{"__proto__": {"polluted": 1}, "a\\nb": 1}'],
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      `${'['.repeat(20_000)}1${']'.repeat(20_000)}`,
      ...[' ', 'a', '://:', 'a:'].map((piece) => `"${piece.repeat(2 ** 18 / piece.length)},"`),
    ),
  },
);

/** JSON documents in which one value, however deep, is another. */
export function hostileDocuments(samples: readonly unknown[]): fc.Arbitrary<string> {
  return fc
    .record({ sample: fc.constantFrom(...samples), at: fc.nat({ max: 100 }), by: strangeValues })
    .map(({ sample, at, by }) => {
      let node = 0;
      const marked = JSON.stringify(sample, (_, value: unknown) => (node++ === at ? MARK : value));
      return marked.replace(JSON.stringify(MARK), () => by);
    });
}

/** Files of such texts: some with bytes changed, in another encoding, or of no text at all. */
export function hostileFiles(texts: fc.Arbitrary<string>): fc.Arbitrary<Input> {
  const flips = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 });
  const flipped = fc.tuple(texts, flips).map(([text, places]) => {
    const bytes = Buffer.from(text);
    for (const [at, byte] of places) if (bytes.length > 0) bytes[at % bytes.length] = byte;
    return bytes;
  });
  return fc
    .oneof(
      { weight: 7, arbitrary: texts },
      { weight: 2, arbitrary: flipped },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }) },
      { weight: 1, arbitrary: texts.map((text) => Buffer.from(text, 'utf16le')) },
    )
    .map((content) => new Input(content));
}

/**
 * Quotes what a user gave so that a message stays one readable line: control characters, line separators and
 * every space but the plain one are written as escapes, what exceeds `limit` UTF-16 units is cut, and the password of a
 * URL is left out.
 */
export function quote(text: string, limit = 200): string {
  const harmless = text.replace(/\S+/g, (word) => withoutPassword(word, () => '***'));
  const shown = harmless.length > limit ? `${harmless.slice(0, limit)}…` : harmless;
  return escapeInvisible(JSON.stringify(shown));
}

/** The text with a star for each UTF-16 unit of a URL's password. */
export function maskPasswords(text: string): string {
  return text.replace(/\S+/g, (word) => withoutPassword(word, (password) => '*'.repeat(password.length)));
}

/** A password may hold an @: it ends at the last one. One pattern for all of it would take quadratic time. */
function withoutPassword(word: string, mask: (password: string) => string): string {
  const end = word.lastIndexOf('@');
  const start = end === -1 ? null : /:\/\/[^:@/]*:/.exec(word.slice(0, end));
  if (!start) return word;
  const from = start.index + start[0].length;
  return `${word.slice(0, from)}${mask(word.slice(from, end))}${word.slice(end)}`;
}

/** The text on one line: control characters, line separators and every space but the plain one as escapes. */
export function escapeInvisible(text: string): string {
  return text.replace(/(?! )[\p{C}\p{Z}]/gu, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
}

/** A value as a message shows it; never its inside, which may be large. */
export function describeGiven(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return quote(value, 60);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (typeof value === 'bigint' || typeof value === 'symbol') return value.toString();
  if (typeof value === 'function') return 'a function';
  return Array.isArray(value) ? 'a list' : 'an object';
}

/** Rounded up, but for the rounding of fractions: a p-value must not be shown smaller than it is. */
export function formatP(p: number): string {
  return (Math.ceil(p * 1000 - 1e-9) / 1000).toFixed(3);
}

/** ` (did you mean x?)` where a candidate is close to the word (one typo for every three characters), else ''. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const tolerated = Math.max(1, Math.floor(word.length / 3));
  const [nearest] = candidates
    .filter((candidate) => Math.abs(candidate.length - word.length) <= tolerated)
    .map((candidate) => ({ candidate, distance: typos(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= tolerated)
    .sort((a, b) => a.distance - b.distance);
  return nearest ? ` (did you mean ${nearest.candidate}?)` : '';
}

/**
 * The optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours
 * (https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance).
 */
function typos(a: string, b: string): number {
  const known = new Map<string, number>();
  const distance = (i: number, j: number): number => {
    if (i === 0 || j === 0) return i + j;
    const key = `${i},${j}`;
    const answer = known.get(key) ?? shortest(i, j);
    known.set(key, answer);
    return answer;
  };
  const shortest = (i: number, j: number): number => {
    const replaced = distance(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
    const edited = Math.min(replaced, distance(i - 1, j) + 1, distance(i, j - 1) + 1);
    const swaps = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
    return swaps ? Math.min(edited, distance(i - 2, j - 2) + 1) : edited;
  };
  return distance(a.length, b.length);
}

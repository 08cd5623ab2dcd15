/** Of an id: in code points, as PostgreSQL counts them. */
const MAX_CHARACTERS = 255;

/** NUL, and surrogates that are no pair. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

/**
 * What keeps a value from being stored as a text.
 *
 * @param minCharacters 1, or 0 where the text may be empty
 * @returns the end of a sentence that begins with what the text is; undefined where nothing does
 */
export function complaintAboutText(value: unknown, minCharacters: 0 | 1): string | undefined {
  if (typeof value !== 'string') return 'must be a string';
  if (value.length < minCharacters || isTooLong(value)) {
    return `must have ${minCharacters} to ${MAX_CHARACTERS} characters`;
  }
  if (UNSTORABLE.test(value)) {
    return 'must not contain NUL or half a surrogate pair: PostgreSQL cannot store them';
  }
  return undefined;
}

/** A string has at least half as many code points as UTF-16 units. */
function isTooLong(text: string): boolean {
  if (text.length <= MAX_CHARACTERS) return false;
  return text.length > 2 * MAX_CHARACTERS || [...text].length > MAX_CHARACTERS;
}

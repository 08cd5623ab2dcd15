import { readFile, stat } from 'node:fs/promises';
import { reasonOf } from './system-error.js';

/** Far more than any scenario, configuration, baseline or statement needs. */
const MAX_BYTES = 1_048_576;

export type TextFile = { readonly text: string } | { readonly problem: string };

/** The text of a small UTF-8 file without its byte order mark, or why it cannot be had. */
export async function readTextFile(path: string): Promise<TextFile> {
  try {
    const file = await stat(path);
    if (file.isDirectory()) return { problem: 'it is a directory' };
    if (!file.isFile()) return { problem: 'it is not a regular file' };
    if (file.size > MAX_BYTES)
      return { problem: `it has ${file.size} bytes; accepted: at most ${MAX_BYTES}` };
    return decode(await readFile(path));
  } catch (error) {
    return { problem: reasonOf(error) };
  }
}

function decode(bytes: Uint8Array): TextFile {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? { problem: 'it is not text: it contains a NUL byte' } : { text };
  } catch {
    return { problem: 'it is not UTF-8 text' };
  }
}

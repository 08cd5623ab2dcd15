import { createHash } from 'node:crypto';
import type { IdForm } from '../domain/promises.js';

/**
 * An identifier of a form that stands for a text: the same for the same text, and different for different ones (they are
 * 122 or 63 bits of a SHA-256: among a million integers two are equal once in ten million runs).
 */
export function idOf(text: string, form: IdForm): string {
  if (form === 'text') return text;
  const digest = createHash('sha256').update(text).digest();
  if (form === 'integer') return (digest.readBigUInt64BE() >> 1n).toString();
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x80;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = digest.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

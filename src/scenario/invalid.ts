import type * as z from 'zod';
import { describeGiven, didYouMean, quote } from '../base/wording.js';

/**
 * What is wrong with a file's fields: the field, what was given and what is accepted.
 *
 * @param issues of a parse with `reportInput`
 * @param fields that the file may have
 */
export function describeIssues(issues: readonly z.core.$ZodIssue[], fields: readonly string[]): string {
  // An unknown field first: it is often why another one is missing.
  const issue =
    issues.find(({ code, path }) => code === 'unrecognized_keys' && path.length === 0) ?? issues[0];
  if (issue === undefined) return 'nothing in it is accepted';
  if (issue.code === 'unrecognized_keys' && issue.path.length === 0)
    return describeUnknownField(issue.keys[0] ?? '', fields);
  const subject = issue.path.length === 0 ? 'the file' : fieldName(issue.path);
  return `${subject} is ${describeGiven(issue.input)}; accepted: ${issue.message}`;
}

function describeUnknownField(field: string, fields: readonly string[]): string {
  return `unknown field ${quote(field, 60)}${didYouMean(field, fields)}; accepted: ${fields.join(', ')}`;
}

/** `stages[2].rate` for the path stages, 2, rate. */
function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((part, depth) => (typeof part === 'number' ? `[${part}]` : `${depth > 0 ? '.' : ''}${String(part)}`))
    .join('');
}

import { getSystemErrorMap } from 'node:util';

/** The system's own words for a failed call; what Node adds to them repeats the path. */
export function reasonOf(error: unknown): string {
  const { errno, code } = error as NodeJS.ErrnoException;
  const [, reason] = getSystemErrorMap().get(errno ?? 0) ?? [];
  return reason ?? (code === 'ERR_INVALID_ARG_VALUE' ? 'its name contains a NUL' : String(code));
}

/** The `code` of a system error (`ENOENT`, …), where there is one. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

/** Whether an error of the file system says that nothing is there. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

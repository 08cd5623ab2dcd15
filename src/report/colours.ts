import { Chalk, type ChalkInstance } from 'chalk';

/**
 * The colours for one output stream. FORCE_COLOR decides first ('0' and 'false' mean none, any other value colour),
 * as in Node; then NO_COLOR when it is present and not empty (no-color.org); then whether the stream is a terminal.
 */
export function createColours(
  stream: { readonly isTTY?: boolean | undefined },
  env: Readonly<Record<string, string | undefined>>,
): ChalkInstance {
  return new Chalk({ level: wantsColour(stream, env) ? 1 : 0 });
}

function wantsColour(
  stream: { readonly isTTY?: boolean | undefined },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (env['FORCE_COLOR'] !== undefined) {
    return !['0', 'false'].includes(env['FORCE_COLOR'].toLowerCase());
  }
  return !env['NO_COLOR'] && stream.isTTY === true;
}

import type { ChalkInstance } from 'chalk';
import type { Verdict } from '../domain/run-result.js';

/** ✓ or ✗. */
export function mark(passed: boolean, colours: ChalkInstance): string {
  return passed ? colours.green('✓') : colours.red('✗');
}

/** A verdict in the colour of its meaning. */
export function colourVerdict(verdict: Verdict, colours: ChalkInstance): string {
  switch (verdict) {
    case 'valid':
      return colours.green(verdict);
    case 'invalid':
      return colours.red(verdict);
    case 'unknown':
      return colours.yellow(verdict);
  }
}

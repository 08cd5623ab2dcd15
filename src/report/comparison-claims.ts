import type { Claim, Comparison } from '../domain/run-result.js';
import { formatP, rowName } from '../domain/wording.js';
import { plural } from './format.js';
import { hang, indent, wrapWords } from './layout.js';
import { narrower, type Style } from './style.js';

/** Which strategies are faster or slower than the baseline, how sure that is, and of which nothing can be said. */
export function claimLines(comparison: Comparison, style: Style): string[] {
  const { claims, levels, baseline } = comparison;
  const { colours, width } = style;
  const percent = Number((levels.claimsLevel * 100).toFixed(2));
  const heading = `throughput against ${baseline}; a report says anything false here with a probability of at most ${percent} %:`;
  const lines = [
    ...claims.flatMap((claim) => claimLine(claim, narrower(style, 2))),
    ...silenceLines(comparison, narrower(style, 2)),
  ];
  return lines.length === 0
    ? []
    : [...wrapWords(heading, width).map((line) => colours.dim(line)), ...indent(2, lines)];
}

/** What makes the figures doubtful. */
export function warningLines(warnings: readonly string[], { colours, width }: Style): string[] {
  return warnings.flatMap((warning) => hang(`${colours.yellow('!')} `, wrapWords(warning, width - 2)));
}

function claimLine(claim: Claim, { colours, width }: Style): string[] {
  const { result, pValue, rounds } = claim;
  const known = result !== 'inconclusive';
  const text = `${rowName(claim)} is ${known ? result : 'proven neither faster nor slower'}`;
  const basis = `(${plural(rounds, 'round')}, p = ${formatP(pValue)})`;
  return hang(known ? '• ' : `${colours.yellow('?')} `, wrapWords(`${text} ${basis}`, width - 2));
}

function silenceLines({ ratios, claims, levels }: Comparison, { colours, width }: Style): string[] {
  const silent = new Set(ratios.map(({ scenario }) => scenario));
  for (const { scenario } of claims) silent.delete(scenario);
  if (silent.size === 0) return [];
  const text = `nothing of ${[...silent].join(', ')}: it takes ${levels.roundsToClaim} rounds, all valid, of no open loop`;
  return wrapWords(text, width).map((line) => colours.dim(line));
}

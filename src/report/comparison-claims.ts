import { formatP } from '../base/wording.js';
import { rowName } from '../domain/rows.js';
import type { Claim, Comparison } from '../domain/run-result.js';
import { plural } from './format.js';
import { hang, indent, wrapWords } from './layout.js';
import { narrower, type Style } from './style.js';

/** Which strategies are faster or slower than the baseline, how sure that is, and of which nothing can be said. */
export function claimLines(comparison: Comparison, style: Style): string[] {
  const { colours, width } = style;
  const inner = narrower(style, 2);
  const lines = [
    ...comparison.claims.flatMap((claim) => claimLine(claim, inner)),
    ...silenceTexts(comparison).flatMap((text) =>
      wrapWords(text, inner.width).map((line) => colours.dim(line)),
    ),
  ];
  return lines.length === 0
    ? []
    : [...wrapWords(claimsHeading(comparison), width).map((line) => colours.dim(line)), ...indent(2, lines)];
}

/** What every claim is about, and how sure all of them are. */
export function claimsHeading({ baseline, levels }: Comparison): string {
  const percent = Number((levels.claimsLevel * 100).toFixed(2));
  return `throughput against ${baseline}; a report says anything false here with a probability of at most ${percent} %:`;
}

/** The same without layout, one text for each claim; none where nothing was compared. */
export function claimTexts(comparison: Comparison): string[] {
  return [...comparison.claims.map(claimText), ...silenceTexts(comparison)];
}

/** What makes the figures doubtful. */
export function warningLines(warnings: readonly string[], { colours, width }: Style): string[] {
  return warnings.flatMap((warning) => hang(`${colours.yellow('!')} `, wrapWords(warning, width - 2)));
}

function claimLine(claim: Claim, { colours, width }: Style): string[] {
  const sign = claim.result === 'inconclusive' ? colours.yellow('?') : '•';
  return hang(`${sign} `, wrapWords(claimText(claim), width - 2));
}

function claimText(claim: Claim): string {
  const { result, pValue, rounds } = claim;
  const said = result === 'inconclusive' ? 'proven neither faster nor slower' : result;
  return `${rowName(claim)} is ${said} (${plural(rounds, 'round')}, p = ${formatP(pValue)})`;
}

function silenceTexts({ ratios, claims, levels }: Comparison): string[] {
  const silent = new Set(ratios.map(({ scenario }) => scenario));
  for (const { scenario } of claims) silent.delete(scenario);
  if (silent.size === 0) return [];
  return [
    `nothing of ${[...silent].join(', ')}: it takes ${levels.roundsToClaim} rounds, all valid, of no open loop`,
  ];
}

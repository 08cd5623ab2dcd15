import { escapeInvisible } from '../base/wording.js';
import type { Column } from './layout.js';

/**
 * Text that Markdown shows as it is, on one line: a character reference never has the meaning of its character
 * (CommonMark 0.31, 2.5), in a table's cell neither (GitHub Flavored Markdown).
 */
export function escapeMarkdown(text: string): string {
  return escapeInvisible(text).replace(
    /[&<>|\\`*_[\]~#@$!:]/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
}

/** A table, its first column flush left, the others flush right. */
export function markdownTable(columns: readonly Column[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  const rows = (columns[0]?.cells ?? []).map((_, position) =>
    row(columns.map(({ cells }) => cells[position] ?? '')),
  );
  const ruler = columns.map((_, position) => (position === 0 ? ':---' : '---:')).join(' | ');
  return [row(columns.map(({ head }) => head)), `| ${ruler} |`, ...rows].join('\n');
}

/** Lines that are shown as they are when the reader opens them. */
export function markdownDetails(summary: string, lines: readonly string[]): string {
  // The blank lines let the <pre> begin an HTML block of its own, which blank lines in it do not end.
  return [
    `<details><summary>${escapeMarkdown(summary)}</summary>`,
    '',
    `<pre>\n${lines.map(escapeHtml).join('\n')}\n</pre>`,
    '',
    '</details>',
  ].join('\n');
}

function escapeHtml(text: string): string {
  return escapeInvisible(text).replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

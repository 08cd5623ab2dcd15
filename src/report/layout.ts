import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import stringWidth from 'string-width';

/** One column of a table: its heading and a cell for each row. */
export interface Column {
  readonly head: string;
  readonly cells: readonly string[];
}

const GAP = '  ';
const NO_BORDER = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) =>
    ['', '-mid', '-left', '-right'].map((part) => [side + part, '']),
  ),
);

/** The lines of a table without borders: the first column flush left, the others flush right. */
export function tableLines(columns: readonly Column[]): string[] {
  const table = new Table({
    chars: { ...NO_BORDER, middle: GAP },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: columns.map((_, index) => (index === 0 ? 'left' : 'right')),
  });
  table.push(columns.map((column) => column.head));
  (columns[0]?.cells ?? []).forEach((_, row) => table.push(columns.map((column) => column.cells[row] ?? '')));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

/**
 * Breaks groups of columns into tables no wider than `width`, as few as may be; each begins with the column `first`.
 * A group is never broken, so one that is too wide by itself stays too wide.
 */
export function fitColumns(first: Column, groups: readonly (readonly Column[])[], width: number): Column[][] {
  const tables: Column[][] = [];
  for (const group of groups) {
    const last = tables.at(-1);
    if (last === undefined || tableWidth([...last, ...group]) > width) {
      tables.push([first, ...group]);
    } else {
      last.push(...group);
    }
  }
  return tables;
}

/** Joins parts into lines no wider than `width`, breaking only between parts. */
export function wrapParts(parts: readonly string[], separator: string, width: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const joined = last === undefined ? part : last + separator + part;
    if (last === undefined || visibleWidth(joined) > width) {
      lines.push(part);
    } else {
      lines[lines.length - 1] = joined;
    }
  }
  return lines;
}

/** Breaks plain text between words. */
export function wrapWords(text: string, width: number): string[] {
  return wrapParts(text.split(/\s+/), ' ', width);
}

/** Puts `label` before the first line and the same room before the others. */
export function hang(label: string, lines: readonly string[]): string[] {
  const room = ' '.repeat(visibleWidth(label));
  return lines.map((line, index) => (index === 0 ? label : room) + line);
}

/** Moves lines to the right; empty ones stay empty. */
export function indent(columns: number, lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : ' '.repeat(columns) + line));
}

/**
 * The columns that a text without line breaks takes on a terminal: two for a CJK character or an emoji.
 * It is measured by pieces, for Intl.Segmenter takes quadratic time in Node 20; a character of several code points that
 * a cut between two pieces falls into may count twice.
 */
export function visibleWidth(text: string): number {
  const pieces = stripVTControlCharacters(text).match(/.{1,1000}/gsu) ?? [];
  return pieces.reduce((width, piece) => width + stringWidth(piece), 0);
}

/** Fills a text up to a width with blanks behind it. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - visibleWidth(text)));
}

/** The same with blanks before it. */
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - visibleWidth(text))) + text;
}

function tableWidth(columns: readonly Column[]): number {
  return columns.map(widthOf).reduce((sum, width) => sum + width + GAP.length, -GAP.length);
}

function widthOf({ head, cells }: Column): number {
  return Math.max(...[head, ...cells].map(visibleWidth));
}

import type { ChalkInstance } from 'chalk';

/** How a text report is drawn. */
export interface Style {
  readonly colours: ChalkInstance;
  /** Columns to stay within. */
  readonly width: number;
}

export interface TextOptions {
  /** Columns of the terminal; 100 where nobody says, e.g. in a pipe. */
  readonly width?: number | undefined;
}

const DEFAULT_WIDTH = 100;

export function createStyle(colours: ChalkInstance, options: TextOptions): Style {
  return { colours, width: options.width ?? DEFAULT_WIDTH };
}

/** The same style for text that stands `columns` to the right. */
export function narrower(style: Style, columns: number): Style {
  return { ...style, width: style.width - columns };
}

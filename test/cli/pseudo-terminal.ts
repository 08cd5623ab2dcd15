import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import xterm from '@xterm/headless';
import { EXECUTABLE } from '../support/command-line.js';

const COLUMNS = 80;
const ROWS = 24;
const HANGS_AFTER_MS = 40_000;
const CTRL_C = '\u0003';

/** What a terminal says of its size; 0 where it does not know. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A command on a real pseudo-terminal, and an emulator that shows what a person would see. */
export interface TerminalSession {
  /** Resolves when what was written to the terminal so far matches. */
  until(pattern: RegExp): Promise<void>;
  /** Makes terminal and emulator another width. */
  resize(columns: number): Promise<void>;
  pressCtrlC(): void;
  /** Resolves when the command has ended; one that hangs is killed. */
  end(): Promise<{ code: number | null; written: string; screen: string[] }>;
}

/**
 * Runs the real executable on a terminal that Debian's `script` makes; its stdout goes elsewhere, so that the terminal
 * has stderr alone.
 *
 * @param scriptPath where the shell script may be written that the terminal runs
 */
export function startOnTerminal(
  args: readonly string[],
  env: Record<string, string>,
  scriptPath: string,
  { columns, rows }: TerminalSize = { columns: COLUMNS, rows: ROWS },
): TerminalSession {
  const command = [process.execPath, EXECUTABLE, ...args].map(quoted).join(' ');
  const lines = [`stty cols ${columns} rows ${rows}`, 'tty', `exec ${command} >/dev/null`];
  writeFileSync(scriptPath, `${lines.join('\n')}\n`);
  const child = spawn('script', ['-qefc', `sh ${quoted(scriptPath)}`, '/dev/null'], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TERM: 'xterm', SHELL: '/bin/sh', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const emulator = new xterm.Terminal({
    cols: columns || COLUMNS,
    rows: rows || ROWS,
    allowProposedApi: true,
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), HANGS_AFTER_MS);
  let written = '';
  let heard = () => undefined as void;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written += text;
    emulator.write(text);
    heard();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));

  return {
    async until(pattern) {
      const seen = new Promise<void>((resolve) => {
        heard = () => pattern.test(written) && resolve();
        heard();
      });
      await Promise.race([seen, ended]);
      if (!pattern.test(written)) throw new Error(`the terminal never showed ${pattern}: ${written}`);
    },
    async resize(to) {
      const device = /\/dev\/\S+/.exec(written)?.[0] ?? '';
      await new Promise<void>((resolve) => emulator.write('', resolve));
      emulator.resize(to || COLUMNS, ROWS);
      execFileSync('stty', ['-F', device, 'cols', String(to)]);
    },
    pressCtrlC: () => void child.stdin.write(CTRL_C),
    async end() {
      const code = await ended;
      clearTimeout(timer);
      await new Promise<void>((resolve) => emulator.write('', resolve));
      return { code, written, screen: screenOf(emulator) };
    },
  };
}

/** The lines that are not empty; rows that the terminal broke a line into are put together. */
function screenOf({ buffer }: xterm.Terminal): string[] {
  const lines: string[] = [];
  for (let row = 0; row < buffer.active.length; row += 1) {
    const isBroken = buffer.active.getLine(row + 1)?.isWrapped === true;
    const text = buffer.active.getLine(row)?.translateToString(!isBroken) ?? '';
    if (buffer.active.getLine(row)?.isWrapped) lines.push((lines.pop() ?? '') + text);
    else lines.push(text);
  }
  return lines.filter((line) => line !== '');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

import { describe, expect, it } from 'vitest';
import { message } from '#els/wire/messages.js';
import { LONGEST_MESSAGE, MessageScanner, ProtocolViolation } from '#els/wire/scanner.js';
import { draws } from '../support/effort.js';
import { drawFrom, forRandomDraws, times, type Draw } from '../support/draws.js';

const SOME_TAGS = [...'QPBDESHCFXdcf'];

interface Seen {
  readonly tag: string;
  readonly bytes: string;
}

/** The whole messages that a scanner sees in chunks. */
function seenIn(chunks: readonly Buffer[], scanner = MessageScanner.ofClient()): Seen[] {
  const seen: Seen[] = [];
  let bytes = '';
  for (const chunk of chunks) {
    let at = 0;
    scanner.scan(chunk, (tag, start, end, isWhole) => {
      expect(start).toBe(at);
      expect(end).toBeGreaterThan(start);
      at = end;
      bytes += chunk.toString('latin1', start, end);
      if (!isWhole) return;
      seen.push({ tag: String.fromCharCode(tag), bytes });
      bytes = '';
    });
    expect(at).toBe(chunk.length);
  }
  return seen;
}

function cut(bytes: Buffer, draw: Draw): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(bytes.length, at + draw.pick([1, 2, 3, 5, 8, 30, 1_000]));
    chunks.push(bytes.subarray(at, end));
    at = end;
  }
  return chunks;
}

function header(tag: string, length: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.write(tag, 'latin1');
  bytes.writeInt32BE(length, 1);
  return bytes;
}

describe('messages cut anywhere', () => {
  it('end where they end', () => {
    forRandomDraws(draws(500, 20_000), (draw) => {
      const messages = times(draw.integer(0, 8), () =>
        message(draw.pick(SOME_TAGS), Buffer.alloc(draw.pick([0, 1, 4, 5, 6, 100]), draw.integer(0, 255))),
      );
      const expected = messages.map((each) => ({
        tag: each.toString('latin1', 0, 1),
        bytes: each.toString('latin1'),
      }));
      expect(seenIn(cut(Buffer.concat(messages), draw))).toEqual(expected);
    });
  });

  it('are known by their type before they are whole', () => {
    const scanner = MessageScanner.ofServer();
    scanner.scan(Buffer.from('D'), () => undefined);
    expect(scanner.unfinished).toBe('D'.charCodeAt(0));
    scanner.scan(header('D', 6).subarray(1), () => undefined);
    expect(scanner.unfinished).toBe('D'.charCodeAt(0));
    scanner.scan(Buffer.from('xx'), () => undefined);
    expect(scanner.unfinished).toBeUndefined();
  });
});

describe('what no message is', () => {
  it.each([-1, 0, 3, LONGEST_MESSAGE + 1, 0x7fffffff])('is refused: a length of %d', (length) => {
    expect(() => seenIn([header('Q', length)])).toThrow(ProtocolViolation);
    expect(() => seenIn([header('D', length)], MessageScanner.ofServer())).toThrow(ProtocolViolation);
  });

  it('is refused at its first byte: a type that no client has', () => {
    for (let tag = 0; tag < 256; tag += 1) {
      const scan = () => seenIn([Buffer.from([tag])]);
      if (SOME_TAGS.includes(String.fromCharCode(tag))) expect(scan).not.toThrow();
      else expect(scan, String(tag)).toThrow(`invalid frontend message type ${tag}`);
    }
  });

  it('is passed on: the longest length there is', () => {
    expect(seenIn([header('Q', LONGEST_MESSAGE)])).toEqual([]);
  });
});

it('random bytes are refused or taken for messages, wherever they are cut', () => {
  forRandomDraws(draws(2_000, 100_000), (draw) => {
    const bytes = Buffer.from(
      times(draw.integer(1, 60), () => draw.pick([0, 0, 0, 5, 9, 81, 83, draw.integer(0, 255)])),
    );
    const outcome = (chunks: readonly Buffer[]): unknown => {
      try {
        return seenIn(chunks);
      } catch (error) {
        if (error instanceof ProtocolViolation) return error.message;
        throw error;
      }
    };
    expect(outcome(cut(bytes, draw))).toEqual(outcome([bytes]));
  });
});

it('draws are not all alike', () => {
  expect(cut(Buffer.alloc(100), drawFrom(1)).length).not.toBe(cut(Buffer.alloc(100), drawFrom(2)).length);
});

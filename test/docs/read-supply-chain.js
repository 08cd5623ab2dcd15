import { readdirSync, readFileSync } from 'node:fs';
import { renderSupplyChain } from './supply-chain.js';

const ROOT = new URL('../../', import.meta.url);
const MARK = '<!-- generated: npm run supply-chain -->';

/** @param {string} path @returns {string} */
export const read = (path) => readFileSync(new URL(path, ROOT), 'utf8');

/** docs/supply-chain.md as it should be: what is written by hand, then what is generated. */
export function supplyChainDocument() {
  const [byHand] = read('docs/supply-chain.md').split(MARK);
  const { packages } = JSON.parse(read('package-lock.json'));
  const generated = renderSupplyChain(JSON.parse(read('package.json')), packages, importedBySources());
  return `${byHand}${MARK}\n\n${generated}\n`;
}

/** The packages whose values src/ imports. */
function importedBySources() {
  const files = readdirSync(new URL('src/', ROOT), { recursive: true, encoding: 'utf8' });
  const specifiers = files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [
      ...read(`src/${file}`).matchAll(/^(?:import|export) (?!type ).*? from '([^'.#][^']*)'/gms),
    ])
    .map(([, specifier = '']) => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier);
  return [...new Set(specifiers)];
}

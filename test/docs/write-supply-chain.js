import { writeFileSync } from 'node:fs';
import { supplyChainDocument } from './read-supply-chain.js';

writeFileSync(new URL('../../docs/supply-chain.md', import.meta.url), supplyChainDocument());

import { writeFileSync } from 'node:fs';
import { generateSchema, PUBLISHED } from './generate.js';

writeFileSync(PUBLISHED, generateSchema());

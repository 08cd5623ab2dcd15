import { register } from 'node:module';

// Lets a forked test program be TypeScript, as the tests themselves are: `--import` this file. Types are checked
// by `npm run typecheck`, not here.
register('./typescript-hooks.js', import.meta.url);

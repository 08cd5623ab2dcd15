import { register } from 'node:module';

// What `#els/…` means in this package, too, whose own package.json cannot point outside of it: `--import` this file.
register('./els-modules-hooks.js', import.meta.url);

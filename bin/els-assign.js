#!/usr/bin/env node
import { main } from '../dist/main.js';

// A connection that failed half-way may stay open; nothing waits for it.
process.exit(await main(process.argv.slice(2)));

import { serveWorker } from '../runner/worker.js';
import { openInstance } from './open.js';

// The program of a worker process.

serveWorker(openInstance);

import { readFile, writeFile } from 'node:fs/promises';

/**
 * @typedef {object} Comparison one real comparison of cte with another strategy
 * @property {'equal' | 'slowed'} kind
 * @property {number} seed
 * @property {[subject: number, reference: number][]} rounds throughput per second of both, in their order
 * @property {number} saturated runs in which the tool set the pace
 */

/** What was recorded, in memory and, where it has a path, in a file. */
export class Recording {
  /** @type {Comparison[]} */ comparisons = [];
  /** @type {import('#els/domain/run-result.js').Environment | null} */
  environment = null;
  /** What slowed cte, and the share of its throughput that it was calibrated to. */
  /** @type {Awaited<ReturnType<typeof import('./calibrate.js').calibrate>> | null} */
  slowedBy = null;
  #path;
  #shape;

  constructor(path, shape) {
    this.#path = path;
    this.#shape = shape;
  }

  /** @throws Error when the file was recorded with other rounds */
  static async open(path, shape) {
    const recording = new Recording(path, shape);
    const text = path === undefined ? undefined : await readIfThere(path);
    if (text === undefined) return recording;
    const { shape: recorded, environment, slowedBy, comparisons } = JSON.parse(text);
    if (JSON.stringify(recorded) !== JSON.stringify(shape)) {
      throw new Error(`${path} was recorded with ${JSON.stringify(recorded)}, not ${JSON.stringify(shape)}`);
    }
    return Object.assign(recording, { environment, slowedBy, comparisons });
  }

  /** How many of a kind there are. */
  count(kind) {
    return this.comparisons.filter((comparison) => comparison.kind === kind).length;
  }

  lacks(wanted) {
    return Object.entries(wanted).some(([kind, count]) => this.count(kind) < count);
  }

  async add(comparison) {
    this.comparisons.push(comparison);
    await this.save();
  }

  async save() {
    if (this.#path === undefined) return;
    const { environment, slowedBy, comparisons } = this;
    await writeFile(this.#path, JSON.stringify({ shape: this.#shape, environment, slowedBy, comparisons }));
  }
}

async function readIfThere(path) {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

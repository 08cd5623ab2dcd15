// Preloaded into a process: its wall clock jumps by an hour, forth and back, whenever it is read.

const HOUR_MS = 3_600_000;
const SteadyDate = globalThis.Date;
let reads = 0;

function steppedMs() {
  return SteadyDate.now() + (reads++ % 2 === 0 ? HOUR_MS : -HOUR_MS);
}

globalThis.Date = class extends SteadyDate {
  constructor(...given) {
    super(...(given.length === 0 ? [steppedMs()] : given));
  }

  static now() {
    return steppedMs();
  }
};

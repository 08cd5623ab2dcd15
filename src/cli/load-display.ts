import type { LoadDisplay, LoadView } from '../domain/load-view.js';
import { createColours } from '../report/colours.js';
import { intervalLine, loadRegion, registrationLine } from '../report/load-lines.js';
import { printLine } from './console.js';
import { Region } from './region.js';

/** The display looks this often; a region is redrawn as often. */
const LOOK_EVERY_MS = 250;
/** On a terminal: pace and latency of the last second. */
const REGION_INTERVAL_MS = 1_000;
/** Elsewhere: a line this often. */
const LINE_INTERVAL_MS = 5_000;
/** And one for so many slots that are registered; what is told is a divisor of it. */
const LINE_EVERY_SLOTS = 100_000;

/** Whether what was written to a stream can be written over. */
export function canRedraw(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/** A running display on a terminal, else a line for each interval of a load and each step of a long registration. */
export function loadDisplay(): LoadDisplay {
  return canRedraw(process.stderr, process.env) ? regionDisplay() : lineDisplay();
}

function regionDisplay(): LoadDisplay {
  const colours = createColours(process.stderr, process.env);
  const region = new Region(process.stderr);
  const registered = (slots: number, total: number) => {
    if (slots < total) region.draw([registrationLine(slots, total)]);
  };
  const show = (view: LoadView) => region.draw(loadRegion(view, colours));
  return { registered, ...looking(REGION_INTERVAL_MS, show, () => region.clear()) };
}

function lineDisplay(): LoadDisplay {
  const colours = createColours(process.stderr, process.env);
  let shownMs = 0;
  const registered = (slots: number, total: number) => {
    if (slots % LINE_EVERY_SLOTS === 0) printLine(registrationLine(slots, total));
  };
  const show = ({ latest, unreachableMs }: LoadView) => {
    if (latest === undefined || latest.endMs === shownMs) return;
    shownMs = latest.endMs;
    printLine(intervalLine(latest, colours, unreachableMs));
  };
  return { registered, ...looking(LINE_INTERVAL_MS, show, () => (shownMs = 0)) };
}

/** Looks at a load again and again until it is over. */
function looking(
  intervalMs: number,
  show: (view: LoadView) => void,
  over: () => void,
): Omit<LoadDisplay, 'registered'> {
  let timer: NodeJS.Timeout | undefined;
  return {
    intervalMs,
    begin: (look) => {
      timer = setInterval(() => show(look()), LOOK_EVERY_MS);
    },
    end: () => {
      clearInterval(timer);
      over();
    },
  };
}

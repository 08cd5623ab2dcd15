import { atHoldPoint } from './at-hold-point.js';

/** Immediate shutdown and restart of the server while a claim holds a slot: every transaction under way is lost. */
export const restartServer = atHoldPoint(async ({ ground, where, release }) => {
  if (ground.restartServer === undefined) throw new Error('no way to restart the server was given');
  const before = performance.now();
  await ground.restartServer();
  const tookMs = Math.round(performance.now() - before);
  await release();
  return { struck: true, detail: `restarted the server in ${tookMs} ms under ${where}` };
});

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { WORKERS } from '../settings.js';

/**
 * Lets as many processes as the tool has workers drain a queue, started together when all are connected.
 *
 * @param {URL} program of a member, made with serve.js
 * @param {object} job what each member is told
 * @param {number} jobs in the queue
 * @returns {Promise<number>} jobs per second, from the first job's start until all members say that theirs are done
 * @throws Error when a member fails, or jobs were done more or less often than once
 */
export async function drainByCrew(program, job, jobs) {
  const { done, seconds } = await workByCrew(program, job);
  if (done !== jobs) throw new Error(`${done} of ${jobs} jobs were done`);
  return jobs / seconds;
}

/**
 * Lets as many processes as the tool has workers make calls for a while.
 *
 * @param {URL} program of a member, made with serve.js
 * @param {object} job what each member is told
 */
export async function loopByCrew(program, job) {
  const { done, seconds } = await workByCrew(program, job);
  return { perSecond: done / seconds, transactions: done };
}

async function workByCrew(program, job) {
  const env = { PATH: process.env.PATH, NO_LOG_SUCCESS: '1' };
  const members = Array.from({ length: WORKERS }, () =>
    fork(program, { env, stdio: ['ignore', 2, 2, 'ipc'] }),
  );
  try {
    for (const member of members) member.send(job);
    await Promise.all(members.map(answer));
    for (const member of members) member.send('start');
    const results = await Promise.all(members.map(answer));
    const done = results.reduce((sum, result) => sum + result.done, 0);
    const worked = results.filter((result) => result.done > 0);
    const startMicros = Math.min(...worked.map((result) => result.startMicros));
    const endMicros = Math.max(...worked.map((result) => result.endMicros));
    return { done, seconds: (endMicros - startMicros) / 1e6 };
  } finally {
    for (const member of members) member.kill();
  }
}

async function answer(member) {
  const ended = once(member, 'exit').then(([code]) => {
    throw new Error(`a process of the crew ended with code ${code}`);
  });
  const [message] = await Promise.race([once(member, 'message'), ended]);
  return message;
}

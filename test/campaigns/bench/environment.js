import { EXIT } from '#els/domain/errors.js';

/**
 * A count that a variable of the environment gives; ends the process where it gives none.
 *
 * @param {string} name
 * @param {number} byDefault
 * @returns {number}
 */
export function countFrom(name, byDefault) {
  return numberFrom(name, byDefault, /^[1-9]\d{0,8}$/, 'a whole number from 1');
}

/**
 * A time in seconds that a variable of the environment gives; ends the process where it gives none.
 *
 * @param {string} name
 * @param {number} byDefault
 * @returns {number}
 */
export function secondsFrom(name, byDefault) {
  return numberFrom(name, byDefault, /^(?=.*[1-9])\d+(\.\d+)?$/, 'a number above 0');
}

function numberFrom(name, byDefault, pattern, accepted) {
  const given = process.env[name];
  if (given === undefined) return byDefault;
  if (pattern.test(given)) return Number(given);
  console.error(`${name} is ${JSON.stringify(given)}; accepted: ${accepted}`);
  process.exit(EXIT.usage);
}

export { parseCheck } from './parse-check.js';
export type { ThroughputCheck } from './parse-check.js';
export { parseGate } from './parse-gate.js';
export { checkStrategies } from './check-strategies.js';
export { evaluateGate, evaluateStrategies } from './evaluate-gate.js';
export { comparesStrategies, namesOf } from './syntax.js';
export type { Gate } from './syntax.js';
export { readValue } from './values.js';
export type { GateInput } from './values.js';

export { parseGate } from './parse-gate.js';
export { evaluateGate } from './evaluate-gate.js';
export type { Gate } from './syntax.js';
export type { GateInput } from './values.js';

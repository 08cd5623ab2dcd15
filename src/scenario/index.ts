export { ACCEPTANCE_SCENARIOS } from './acceptance.js';
export { parseDuration } from './duration.js';
export { parseFaultFlag } from './fault.js';
export { listBuiltInScenarios, loadScenario } from './load.js';
export { resolveScenario, resolveScenarios } from './overrides.js';
export { callsOf, contentId, deliveriesOf, expectedCounts, planWorkload } from './plan.js';
export type { ExpectedCounts } from './plan.js';
export { MAX_RTT_MS, RTT_ACCEPTED } from './schema.js';

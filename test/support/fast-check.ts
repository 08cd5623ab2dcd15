import fc from 'fast-check';

// A failed property prints its seed; ELS_TEST_SEED=<seed> repeats it.
const given = process.env['ELS_TEST_SEED'];
if (given) fc.configureGlobal({ seed: Number(given) });

export default fc;

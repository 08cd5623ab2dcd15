/**
 * A number that was measured; NaN, which JSON writes as null, where there was nothing to measure.
 * @nullable
 */
export type Measured = number;

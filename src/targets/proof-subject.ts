import type { ProofSubject } from '../prove/subject.js';
import type { Target } from '../target/target.js';
import { elsProofSubject } from './els/proof-subject.js';
import { optionsOf } from './els/target.js';

/** A target as it is proven, on the tables of a schema. */
export function proofSubject({ spec }: Target, schema: string): ProofSubject {
  return elsProofSubject(optionsOf(spec), schema);
}

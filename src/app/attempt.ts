import { surroundingsFailure } from '../database/pool.js';
import type { ServerAddress } from '../database/address.js';
import type { InfrastructureError } from '../domain/errors.js';

/** What work came to, or the failure of the surroundings that kept it from an end. */
export type Attempt<T> =
  | { readonly value: T; readonly failure?: undefined }
  | { readonly value?: undefined; readonly failure: InfrastructureError };

/**
 * Does work that the surroundings may keep from an end: what was measured before is not lost with it.
 *
 * @throws what is a defect of the program
 */
export async function attempt<T>(address: ServerAddress, work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    return { failure: surroundingsFailure(address, error) };
  }
}

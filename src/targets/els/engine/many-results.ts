import type { AssignmentRequest, AssignmentResult, Inventory } from './assignment.js';
import { refusalError } from './outcome-errors.js';
import type { SettledAnswer } from './strategy.js';

type ManyResult = PromiseSettledResult<AssignmentResult>;

/** How each request of a call of `assignMany` ended, in their order; a rejection's reason is an AssignmentError. */
export type ManyResults = ManyResult[];

/** A request that has no outcome. */
export function rejected(reason: unknown): PromiseRejectedResult {
  return { status: 'rejected', reason };
}

/**
 * How the requests of one content ended, all made by one call.
 *
 * @param requests the first of them is the one that creates
 * @param createdBy the correlation id of the call that created what is reused, where that is known
 * @param call.ambiguous whether an earlier attempt may have happened
 */
export function resultsOf(
  answer: SettledAnswer,
  requests: readonly AssignmentRequest[],
  createdBy: string | null,
  call: { readonly ambiguous: boolean; readonly inventory: Inventory },
): ManyResults {
  switch (answer.outcome) {
    case 'created':
      return requests.map((_, position) =>
        fulfilled(position === 0 ? { ...answer, recovered: false } : again(answer)),
      );
    case 'reused':
      return reused(answer, requests, createdBy, call.ambiguous);
    case 'no_slot':
      return requests.map(() => fulfilled(answer));
    case 'unknown_batch':
    case 'inventory_mismatch':
      return requests.map((request) =>
        rejected(refusalError(answer.outcome, request, call.inventory, call.ambiguous)),
      );
  }
}

/** After a lost reply, one of the requests may find what its own first attempt created. */
function reused(
  { essayId }: { readonly essayId: string },
  requests: readonly AssignmentRequest[],
  createdBy: string | null,
  ambiguous: boolean,
): ManyResults {
  if (!ambiguous) return requests.map(() => fulfilled(again({ essayId })));
  const creator = requests.findIndex(({ correlationId }) => correlationId === createdBy);
  return requests.map((_, position) =>
    fulfilled(
      position === creator
        ? { outcome: 'created', essayId, recovered: true }
        : { outcome: 'reused', essayId, replyLost: true },
    ),
  );
}

function again({ essayId }: { readonly essayId: string }): AssignmentResult {
  return { outcome: 'reused', essayId };
}

function fulfilled(value: AssignmentResult): ManyResult {
  return { status: 'fulfilled', value };
}

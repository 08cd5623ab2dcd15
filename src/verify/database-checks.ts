import type { Call } from '../domain/call.js';
import type { Witness } from '../domain/run-result.js';
import type { StoredAssignment } from '../target/host.js';
import { countRows, type BatchEvidence, type Evidence } from './run-evidence.js';
import { callsOf, countSuccesses, successesOf, type ContentHistory } from './history-index.js';
import type { Violation } from './violation.js';

// What the database holds, by itself and against what callers were told. Each check takes what invariants.ts says it
// may be asked of, and returns what violates it.

/** Two rows with one slot. */
export function slotsGivenTwice({ batches }: Evidence): Violation[] {
  return batches.flatMap(({ contents, rows }) => {
    const first = new Map<string | null, StoredAssignment>();
    return rows.flatMap((row) => {
      const other = first.get(row.slotId);
      if (other === undefined) first.set(row.slotId, row);
      return other === undefined
        ? []
        : [{ calls: callsOfRows([other, row], contents), rows: [other, row].map(told) }];
    });
  });
}

/** Two rows of one content. */
export function contentsWithSeveralRows(evidence: Evidence): Violation[] {
  return contentsWithRows(evidence, (stored) => stored > 1);
}

/** More rows of a content than calls that may have taken one; where there is no such call, the rows were not asked for. */
export function contentsWithMoreRowsThanCalls(evidence: Evidence): Violation[] {
  return contentsWithRows(evidence, (stored, content) => {
    const calls = content === undefined ? 0 : countSuccesses(content) + content.indefinite.length;
    return calls > 0 && stored > calls;
  });
}

function contentsWithRows(
  { batches }: Evidence,
  violates: (stored: number, content: ContentHistory | undefined) => boolean,
): Violation[] {
  return batches.flatMap(({ batchId, contents, rows }) =>
    [...countRows(rows)].flatMap(([contentId, stored]) => {
      const content = contents.get(contentId);
      if (!violates(stored, content)) return [];
      const calls = content === undefined ? [] : callsOf(content);
      return [{ calls, rows: [{ batchId, contentId, rows: stored }] }];
    }),
  );
}

/** More rows than the batch has slots. */
export function rowsBeyondCapacity({ batches }: Evidence): Violation[] {
  return batches.flatMap(({ batchId, slots, rows }) =>
    rows.length > slots ? [{ calls: [], rows: [{ batchId, slots, rows: rows.length }] }] : [],
  );
}

/** What a caller was told to have must be there, in the batch it asked for. */
export function notStored({ places, promises, batches }: Evidence): Violation[] {
  if (places === 'named') {
    const holderOf = slotHolders(batches);
    return batches.flatMap((batch) => slotsNotStored(batch, holderOf));
  }
  return batches.flatMap(({ batchId, contents, rows }) => {
    const stored = countRows(rows);
    return [...contents.values()].flatMap((content) => {
      const successes = successesOf(content);
      const must = promises.idempotent ? Math.min(1, successes.length) : successes.length;
      const { contentId } = content;
      const are = stored.get(contentId) ?? 0;
      if (are >= must) return [];
      return [{ calls: successes, rows: [{ batchId, contentId, acknowledged: must, rows: are }] }];
    });
  });
}

function slotsNotStored({ batchId, contents, rows }: BatchEvidence, holderOf: HolderOf): Violation[] {
  const contentsOf = new Map<string | null, Set<string>>();
  for (const { slotId, contentId } of rows) {
    const known = contentsOf.get(slotId);
    if (known === undefined) contentsOf.set(slotId, new Set([contentId]));
    else known.add(contentId);
  }
  const isStored = ({ slotId, contentId }: Call) => contentsOf.get(slotId)?.has(contentId) === true;
  return [...contents.values()].flatMap((content) =>
    successesOf(content)
      .filter((call) => !isStored(call))
      .map((call) => {
        const { contentId, slotId } = call;
        const row = holderOf(slotId);
        const instead = { storedBatchId: row?.batchId ?? null, storedContentId: row?.contentId ?? null };
        return { calls: [call], rows: [{ batchId, contentId, slotId, ...instead }] };
      }),
  );
}

type HolderOf = (slotId: string | null) => StoredAssignment | undefined;

/** Looks a slot up in every batch; nothing is made before it is asked for. */
function slotHolders(batches: readonly BatchEvidence[]): HolderOf {
  let holders: Map<string | null, StoredAssignment> | undefined;
  return (slotId) => {
    holders ??= new Map(batches.flatMap(({ rows }) => rows.map((row) => [row.slotId, row])));
    return holders.get(slotId);
  };
}

/** What is there must have been asked for, by somebody who was told of it or whose call may have happened. */
export function notAskedFor({ batches }: Evidence): Violation[] {
  return wrongRows(batches, (content) => {
    if (content === undefined) return 'never asked';
    return countSuccesses(content) + content.indefinite.length > 0 ? undefined : 'refused, and holds';
  });
}

/** Who was refused once and for all holds nothing, even where another call of theirs may have happened. */
export function refusedAndHeld({ batches }: Evidence): Violation[] {
  return wrongRows(batches, (content) => {
    if (content === undefined || countSuccesses(content) > 0) return undefined;
    const { noSlot, indefinite } = content;
    return noSlot.length > 0 && indefinite.length > 0 ? 'refused, and holds' : undefined;
  });
}

/** @param whyWrong what is wrong about a row of a content; undefined where nothing is */
function wrongRows(
  batches: readonly BatchEvidence[],
  whyWrong: (content: ContentHistory | undefined) => string | undefined,
): Violation[] {
  return batches.flatMap(({ contents, rows }) =>
    rows.flatMap((row) => {
      const content = contents.get(row.contentId);
      const because = whyWrong(content);
      if (because === undefined) return [];
      return [{ calls: content ? callsOf(content) : [], rows: [{ ...told(row), because }] }];
    }),
  );
}

function told({ batchId, slotId, contentId }: StoredAssignment): Witness {
  return slotId === null ? { batchId, contentId } : { batchId, slotId, contentId };
}

function callsOfRows(
  rows: readonly StoredAssignment[],
  contents: ReadonlyMap<string, ContentHistory>,
): Call[] {
  const named = new Set(rows.map(({ contentId }) => contents.get(contentId)));
  return [...named].flatMap((content) => (content === undefined ? [] : callsOf(content)));
}

import { z } from 'zod';
import type { Finished } from '../support/command-line.js';
import { expectPublishedSchema } from '../support/published-schema.js';

const count = z.number().int().min(0);
const verdict = z.enum(['valid', 'invalid', 'unknown']);
const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const timelineEntry = z.discriminatedUnion('kind', [
  z.strictObject({
    ...{ kind: z.literal('call'), startMicros: z.number(), endMicros: z.number(), worker: count },
    ...{ call: z.string(), batchId: z.string(), content: z.string(), outcome: z.string() },
    ...{ slotId: z.string().nullable(), recovered: z.boolean(), replyLost: z.boolean() },
    ...{ errorCode: z.string().nullable(), sqlState: z.string().nullable() },
  }),
  z.strictObject({
    ...{ kind: z.literal('fault'), startMicros: z.number(), endMicros: z.number() },
    ...{ fault: z.string(), detail: z.string() },
  }),
]);

/** The one JSON document of `verify`, with the names that scripts depend on and no others. */
const verifyDocument = z.strictObject({
  schemaVersion: z.literal(1),
  tool: z.strictObject({ name: z.literal('els-assign'), version: z.string() }),
  passed: z.boolean(),
  verdict,
  checked: z.array(
    z.strictObject({
      runId: z.string().nullable(),
      target: z.string().optional(),
      batches: count,
      calls: count.nullable(),
      verdict,
      notAsked: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
      invariants: z.array(
        z.strictObject({
          name: z.string(),
          passed: z.boolean(),
          excused: z.literal(true).optional(),
          witnesses: z.array(z.record(z.string(), value)),
          timeline: z.array(timelineEntry),
        }),
      ),
      notes: z.array(z.string()),
    }),
  ),
});

type VerifyDocument = z.output<typeof verifyDocument>;
export type Checked = VerifyDocument['checked'][number];

/** What `verify --json` printed, and how it exited. */
export interface Verified extends VerifyDocument {
  readonly code: number | null;
}

export function verifiedBy({ code, stdout, stderr }: Finished): Verified {
  try {
    const document: unknown = JSON.parse(stdout);
    expectPublishedSchema(document);
    return { code, ...verifyDocument.parse(document) };
  } catch (error) {
    throw new Error(`not the expected document: exit ${code}\n${stdout}\n${stderr}`, { cause: error });
  }
}

/** Names of what is violated. */
export function violatedIn({ checked }: Verified): string[] {
  return checked.flatMap(({ invariants }) =>
    invariants.filter(({ passed }) => !passed).map(({ name }) => name),
  );
}

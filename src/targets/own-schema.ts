const NO_COMPLETION = 'the target does not tell when a batch is complete';

/** The values of gates that a target on a schema of its own does not tell, each with the reason. */
export function untoldBy({ hasAssignments }: { readonly hasAssignments: boolean }): Record<string, string> {
  const noAssignments = 'the target has no assignments';
  return {
    completed: NO_COMPLETION,
    completionEvents: NO_COMPLETION,
    completionLooks: NO_COMPLETION,
    recovered: 'the target does not tell',
    roundTripsPerAssignment: 'the round trips of the target are not counted',
    ...(!hasAssignments && { taken: noAssignments, available: noAssignments }),
  };
}

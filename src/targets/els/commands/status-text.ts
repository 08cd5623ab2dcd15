/** Where a batch stands, as `status` shows it. */
interface StatusLines {
  readonly batchId: string;
  readonly inventory: string;
  readonly switchingTo: string | null;
  readonly expected: number;
  readonly ready: number;
  readonly available: number;
  readonly completedAt: Date | null;
}

/** A batch's status as aligned lines. */
export function renderStatus(status: StatusLines): string {
  const lines: [string, string | number][] = [
    ['batch', status.batchId],
    ['inventory', inventoryText(status)],
    ['expected', status.expected],
    ['ready', status.ready],
    ['available', status.available],
    ['completed at', status.completedAt?.toISOString() ?? 'not completed'],
  ];
  return lines.map(([name, value]) => `${name.padEnd(13)} ${value}\n`).join('');
}

function inventoryText({ inventory, switchingTo }: StatusLines): string {
  return switchingTo === null
    ? inventory
    : `${inventory} to ${switchingTo}: callers wait for els-assign migrate`;
}

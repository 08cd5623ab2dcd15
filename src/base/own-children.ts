import type { ChildProcess } from 'node:child_process';

const children = new Set<ChildProcess>();

/** Remembers a process that is to end with this one, as long as it runs. */
export function ownChild(child: ChildProcess): ChildProcess {
  children.add(child);
  const forget = () => children.delete(child);
  child.once('exit', forget);
  child.once('error', forget);
  return child;
}

/** Kills every process that is to end with this one, in whatever it is doing. */
export function killOwnChildren(): void {
  for (const child of children) child.kill('SIGKILL');
}

import type { ClientBase } from 'pg';

export const DESCRIPTION: string;
export function describeFresh(client: ClientBase, schema: string): Promise<string>;

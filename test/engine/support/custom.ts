import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Inventory } from '#els/targets/els/engine/assignment.js';
import type { StrategySpec } from '#els/targets/els/engine/strategy.js';

/** The text of a file of sql/. */
export function sqlFile(path: string): string {
  return readFileSync(fileURLToPath(new URL(`../../../sql/${path}`, import.meta.url)), 'utf8');
}

/** Replaces a piece that must be there: a change of the original must not make a test empty. */
export function edited(sql: string, from: string, to: string): string {
  if (!sql.includes(from)) throw new Error(`the SQL no longer contains: ${from}`);
  return sql.replace(from, to);
}

export function custom(sql: string, inventory: Inventory = 'slots'): StrategySpec {
  return { kind: 'custom', name: 'test.sql', inventory, sql };
}

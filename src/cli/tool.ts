import { readFileSync } from 'node:fs';
import { packageFile } from '../base/package-files.js';

interface PackageJson {
  readonly name: string;
  readonly version: string;
}

/** This program's name and version, as its package states them. */
export function readTool(): PackageJson {
  const text = readFileSync(packageFile('package.json'), 'utf8');
  const { name, version } = JSON.parse(text) as PackageJson;
  return { name, version };
}

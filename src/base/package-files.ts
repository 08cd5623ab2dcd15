import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of this package. A module lies at any depth below it: alone in src/, or within a bundle in dist/. */
const PACKAGE_FOLDER = packageFolder(new URL('../domain', import.meta.url));

/** A file or folder that is published beside the code, e.g. `sql/`. */
export function packageFile(path: string): URL {
  return new URL(path, PACKAGE_FOLDER);
}

/**
 * The path of a program that runs in a process or thread of its own.
 *
 * @param name of its module below src/, e.g. `runner/alarm-thread`; `build.js` knows it as an entry point
 */
export function programPath(name: string): string {
  return fileURLToPath(packageFile(`dist/${name}.js`));
}

function packageFolder(from: URL): URL {
  let folder = from;
  while (!existsSync(new URL('package.json', folder))) {
    const parent = new URL('..', folder);
    if (parent.href === folder.href) throw new Error(`no package.json above ${fileURLToPath(from)}`);
    folder = parent;
  }
  return folder;
}

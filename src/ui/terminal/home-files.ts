import { FileSystemError, type FileSystem } from '../../shell/file-system.ts';
import { decode, encode } from '../../shell/text.ts';

/** The folder that the terminal shares with the editor. */
export const home = '/home/tabernetes';

const largest = 1_000_000;

/** What a walk finds under the home folder: paths relative to it; hidden folders, large and binary files are left out. */
export function readHome(fs: FileSystem): Map<string, string> {
  const files = new Map<string, string>();
  const walk = (folder: string, prefix: string) => {
    for (const name of fs.readdir(folder)) {
      if (name.startsWith('.')) continue;
      const path = `${folder}/${name}`;
      const stat = fs.lstat(path);
      if (stat.kind === 'directory') walk(path, `${prefix}${name}/`);
      else if (stat.kind === 'file' && stat.size <= largest) {
        const bytes = fs.readFile(path);
        if (!bytes.includes(0)) files.set(prefix + name, decode(bytes));
      }
    }
  };
  walk(home, '');
  return files;
}

/** Makes the home folder hold exactly these files (hidden ones stay). Gives whether anything was written. */
export function writeHome(
  fs: FileSystem,
  files: ReadonlyMap<string, string>,
  before: ReadonlyMap<string, string>,
): void {
  for (const path of before.keys()) if (!files.has(path)) removeQuietly(fs, `${home}/${path}`);
  for (const [path, text] of files) {
    if (before.get(path) === text) continue;
    const folder = path.lastIndexOf('/');
    if (folder > 0) fs.mkdir(`${home}/${path.slice(0, folder)}`, { parents: true });
    fs.writeFile(`${home}/${path}`, encode(text));
  }
}

function removeQuietly(fs: FileSystem, path: string): void {
  try {
    fs.remove(path);
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
  }
}

/** Whether two sets of files are the same. */
export function sameFiles(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  if (a.size !== b.size) return false;
  for (const [path, text] of a) if (b.get(path) !== text) return false;
  return true;
}

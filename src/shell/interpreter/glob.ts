import type { FileSystem } from '../file-system.ts';
import { absolutePath, joinPath } from '../path.ts';
import { hasPatternCharacters, patternSource, unescapePattern } from './pattern.ts';

/** Paths that match a pattern, sorted; none when nothing matches. */
export function glob(fs: FileSystem, cwd: string, pattern: string): string[] {
  const parts = pattern.split('/').filter((part, index) => part !== '' || index === 0);
  const absolute = pattern.startsWith('/');
  let paths = absolute ? ['/'] : [''];
  for (const [index, part] of (absolute ? parts.slice(1) : parts).entries()) {
    const last = index === (absolute ? parts.length - 2 : parts.length - 1);
    paths = paths.flatMap((path) => expandPart(fs, cwd, path, part, last));
  }
  const directories = pattern.endsWith('/');
  return paths.map((path) => (directories ? `${path}/` : path)).sort();
}

function expandPart(fs: FileSystem, cwd: string, path: string, part: string, last: boolean): string[] {
  const join = (name: string) => (path === '' ? name : joinPath(path, name));
  const exists = (candidate: string) =>
    fs.exists(absolutePath(cwd, candidate)) || isLink(fs, absolutePath(cwd, candidate));
  if (!hasPatternCharacters(part)) {
    const candidate = join(unescapePattern(part));
    return exists(candidate) ? [candidate] : [];
  }
  const expression = new RegExp(`^(?:${patternSource(part, { pathname: true })})$`, 'u');
  return namesIn(fs, absolutePath(cwd, path === '' ? '.' : path))
    .filter((name) => expression.test(name) && (part.startsWith('.') || !name.startsWith('.')))
    .map(join)
    .filter((candidate) => last || isDirectory(fs, absolutePath(cwd, candidate)));
}

function namesIn(fs: FileSystem, path: string): readonly string[] {
  try {
    return fs.readdir(path);
  } catch {
    return [];
  }
}

function isDirectory(fs: FileSystem, path: string): boolean {
  return fs.exists(path) && fs.stat(path).kind === 'directory';
}

function isLink(fs: FileSystem, path: string): boolean {
  try {
    return fs.lstat(path).kind === 'symlink';
  } catch {
    return false;
  }
}

import { FileSystemError, type FileSystem } from '../../../shell/file-system.ts';
import { joinPath } from '../../../shell/path.ts';

const types: Readonly<Record<string, string>> = {
  html: 'text/html',
  htm: 'text/html',
  css: 'text/css',
  js: 'application/javascript',
  json: 'application/json',
  txt: 'text/plain',
  xml: 'text/xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  svg: 'image/svg+xml',
  ico: 'image/x-icon',
  yaml: 'text/yaml',
};

export function contentType(path: string, fallback = 'application/octet-stream'): string {
  return types[/\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ''] ?? fallback;
}

export type StaticFile =
  | { readonly kind: 'file'; readonly path: string; readonly content: Uint8Array; readonly mtimeMs: number }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'directory'; readonly path: string; readonly names: readonly string[] }
  | { readonly kind: 'missing'; readonly path: string }
  | { readonly kind: 'forbidden'; readonly path: string };

/** What a web server finds under its root for a path. */
export function findStatic(fs: FileSystem, root: string, path: string, indexes: readonly string[]): StaticFile {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const file = joinPath(root, parts.join('/'));
  try {
    const stat = fs.stat(file);
    if (stat.kind !== 'directory')
      return { kind: 'file', path: file, content: fs.readFile(file), mtimeMs: stat.mtimeMs };
    if (!path.endsWith('/')) return { kind: 'redirect', location: `${path}/` };
    for (const index of indexes) {
      const candidate = joinPath(file, index);
      if (fs.exists(candidate) && fs.stat(candidate).kind === 'file')
        return { kind: 'file', path: candidate, content: fs.readFile(candidate), mtimeMs: fs.stat(candidate).mtimeMs };
    }
    return { kind: 'directory', path: file, names: fs.readdir(file) };
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    return error.code === 'EACCES' ? { kind: 'forbidden', path: file } : { kind: 'missing', path: file };
  }
}

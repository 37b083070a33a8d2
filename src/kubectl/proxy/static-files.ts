import type { ProgramContext } from '../../shell/context.ts';
import { pathKind, readFileBytes } from '../files.ts';

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  gif: 'image/gif',
  html: 'text/html; charset=utf-8',
  jpg: 'image/jpeg',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  wasm: 'application/wasm',
};

/** The files of a directory under a prefix; of a directory in it, its `index.html`. */
export function staticFiles(
  context: ProgramContext,
  directory: string,
  prefix: string,
): (path: string) => { readonly bytes: Uint8Array; readonly type: string } | undefined {
  return (path) => {
    if (directory === '' || !path.startsWith(prefix)) return undefined;
    const parts = path.slice(prefix.length).split('/');
    if (parts.includes('..')) return undefined;
    let file = `${directory}/${parts.filter((part) => part !== '').join('/')}`;
    if (pathKind(context, file) === 'directory') file = `${file}/index.html`;
    if (pathKind(context, file) !== 'file') return undefined;
    const extension = file.slice(file.lastIndexOf('.') + 1);
    return { bytes: readFileBytes(context, file), type: types[extension] ?? 'application/octet-stream' };
  };
}

/** What lies in a node's `/var/log`: files as they are, directories as lists of links. Upstream: pkg/kubelet/kubelet.go logServer, net/http FileServer */
import type { Exchange } from '../../../protocol/rest.ts';
import { FileSystemError } from '../../../shell/file-system.ts';
import type { MemoryFileSystem } from '../../../shell/memory-file-system.ts';

const logRoot = '/var/log';
const htmlNames: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

/** Answers for `/logs/PATH`, where `parts` are those of the path and `isDirectory` tells whether it was asked for with a slash at its end. */
export function serveNodeLogs(
  disk: MemoryFileSystem,
  parts: readonly string[],
  isDirectory: boolean,
  exchange: Exchange,
): void {
  const reply = (status: number, headers: Readonly<Record<string, string>>, body: string | Uint8Array) => {
    exchange.head({ status, headers });
    if (body.length > 0) exchange.frame(body);
    exchange.end();
  };
  const text = { 'content-type': 'text/plain; charset=utf-8' };
  if (parts.includes('..')) return reply(400, text, 'invalid URL path\n');
  const path = [logRoot, ...parts].join('/');
  try {
    if (disk.stat(path).kind !== 'directory') {
      if (isDirectory) return reply(301, { location: `../${parts.at(-1) ?? ''}` }, '');
      return reply(200, text, disk.readFile(path));
    }
    if (!isDirectory) return reply(301, { location: `${parts.at(-1) ?? 'logs'}/` }, '');
    return reply(200, { 'content-type': 'text/html; charset=utf-8' }, listing(disk, path));
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    return reply(404, text, '404 page not found\n');
  }
}

/** Upstream: net/http/fs.go dirList */
function listing(disk: MemoryFileSystem, path: string): string {
  const links = disk.readdir(path).map((entry) => {
    const isDirectory = disk.exists(`${path}/${entry}`) && disk.stat(`${path}/${entry}`).kind === 'directory';
    const name = isDirectory ? `${entry}/` : entry;
    return `<a href="${encodeURI(name)}">${name.replaceAll(/[&<>"']/g, (char) => htmlNames[char] ?? char)}</a>\n`;
  });
  const head = '<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n';
  return `${head}${links.join('')}</pre>\n`;
}

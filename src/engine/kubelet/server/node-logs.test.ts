import { expect, it } from 'vitest';
import type { Exchange, Frame, ResponseHead } from '../../../protocol/rest.ts';
import { createFileSystem } from '../../../shell/memory-file-system.ts';
import { decode, encode } from '../../../shell/text.ts';
import { serveNodeLogs } from './node-logs.ts';

const disk = createFileSystem({ now: () => 0 });
disk.mkdir('/var/log/pods', { parents: true });
disk.writeFile('/var/log/a&b.log', encode('one\n'));

function ask(path: string) {
  const got: { head: ResponseHead | undefined; text: string } = { head: undefined, text: '' };
  const exchange: Exchange = {
    head: (head) => {
      got.head = head;
    },
    frame: (frame: Frame) => {
      got.text += typeof frame === 'string' ? frame : decode(frame as Uint8Array);
    },
    end: () => undefined,
    onAbort: () => undefined,
    onData: () => undefined,
    backlog: 0,
  };
  const parts = path.split('/').filter((part) => part !== '');
  serveNodeLogs(disk, parts, path.endsWith('/'), exchange);
  return [got.head?.status, got.head?.headers?.['location'] ?? got.text];
}
const page = (links: string) =>
  `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${links}</pre>\n`;

// As Go's http.FileServer answers.
it.each([
  ['/', 200, page('<a href="a&b.log">a&amp;b.log</a>\n<a href="pods/">pods/</a>\n')],
  ['/pods/', 200, page('')],
  ['/pods', 301, 'pods/'],
  ['/a&b.log', 200, 'one\n'],
  ['/a&b.log/', 301, '../a&b.log'],
  ['/nothing', 404, '404 page not found\n'],
  ['/../etc', 400, 'invalid URL path\n'],
])('%s: %d', (path, status, text) => {
  expect(ask(path)).toEqual([status, text]);
});

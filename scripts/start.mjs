// Builds the page where that is needed and serves it on loopback. usage: npm start [-- --port N]
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const web = join(root, 'dist/web');
const flag = process.argv.indexOf('--port');
const wanted = flag > 0 ? Number(process.argv[flag + 1]) : 8480;
const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.png': 'image/png',
  '.map': 'application/json',
};

if (!process.argv.includes('--no-build')) await build({ root, logLevel: 'warn' });

const server = createServer((request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname));
  let file = join(web, path);
  if (!file.startsWith(web) || !existsSync(file)) return void response.writeHead(404).end('not found');
  if (statSync(file).isDirectory()) file = join(file, 'index.html');
  if (!existsSync(file)) return void response.writeHead(404).end('not found');
  response.writeHead(200, {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'cache-control': 'no-cache',
  });
  createReadStream(file).pipe(response);
});

/** The wanted port, or the next free one. */
const listen = (port) =>
  new Promise((resolve, reject) => {
    server.once('error', (error) =>
      error.code === 'EADDRINUSE' && port < wanted + 20 ? resolve(listen(port + 1)) : reject(error),
    );
    server.listen(port, '127.0.0.1', () => resolve(port));
  });
const port = await listen(wanted);
console.log(`Tabernetes is ready: http://localhost:${port}/`);

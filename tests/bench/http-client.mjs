// The client of measurements over HTTP: does what its parent asks. argv: port, token
import { Agent, request } from 'node:http';

const [port, token] = process.argv.slice(2);
const agent = new Agent({ keepAlive: false, maxSockets: Infinity });
const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
const ask = (path, onResponse) =>
  request({ host: '127.0.0.1', port, path, headers, agent }, (response) => {
    if (response.statusCode !== 200) process.send({ error: `status ${response.statusCode}` });
    onResponse(response);
  })
    .on('error', (error) => process.send({ error: String(error) }))
    .end();

/** Bytes of a body. */
function download(path) {
  ask(path, (response) => {
    let bytes = 0;
    response.on('data', (chunk) => (bytes += chunk.length));
    response.on('end', () => process.send({ value: bytes }));
  });
}

/** Lines that each watch has heard. */
const lines = [];
let awaited = 0;
function heard() {
  if (awaited === 0 || lines.some((count) => count < awaited)) return;
  awaited = 0;
  process.send({ value: lines.length });
}

function watch(path, watchers) {
  for (let i = 0; i < watchers; i++) {
    lines.push(0);
    ask(path, (response) =>
      response.on('data', (chunk) => {
        for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines[i]++;
        if (lines[i] >= awaited) heard();
      }),
    );
  }
}

process.on('message', (message) => {
  if (message.until) awaited = message.until;
  if (message.download) download(message.download);
  else if (message.watch) watch(message.watch, message.watchers);
  else heard();
});

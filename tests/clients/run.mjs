#!/usr/bin/env node
// Other people's clients against `tabernetes serve`: kubectl, client-go, the JavaScript and the Python client.
// usage: node tests/clients/run.mjs [kubectl] [go] [javascript] [python]      What the machine lacks is left out, and said.
// KUBECTL names a real kubectl that is not on the PATH. Downloads and builds are kept in .cache/clients.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '..', '..');
const cache = join(root, '.cache', 'clients');
const versions = { javascript: '1.4.0', python: '35.0.0' };

const run = (command, args, options = {}) => spawnSync(command, args, { encoding: 'utf8', ...options });
const works = (command, args) => run(command, args).status === 0;

/** Each gives the command that runs the client, or a reason why there is none. */
const clients = {
  kubectl() {
    const kubectl = process.env.KUBECTL ?? 'kubectl';
    if (!works(kubectl, ['version', '--client'])) return 'no kubectl on the PATH, nor in KUBECTL';
    return [process.execPath, join(here, 'kubectl.mjs'), kubectl];
  },
  go() {
    if (!works('go', ['version'])) return 'no Go';
    const built = join(cache, 'client-go');
    const made = run('go', ['build', '-o', built, '.'], { cwd: join(here, 'go') });
    return made.status === 0 ? [built] : `client-go cannot be built: ${made.stderr.split('\n').slice(-3).join(' ')}`;
  },
  javascript() {
    const folder = join(cache, 'javascript');
    mkdirSync(folder, { recursive: true });
    if (!existsSync(join(folder, 'node_modules', '@kubernetes', 'client-node'))) {
      writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
      const name = `@kubernetes/client-node@${versions.javascript}`;
      if (run('npm', ['install', '--no-audit', '--no-fund', name], { cwd: folder }).status !== 0)
        return `${name} cannot be had`;
    }
    copyFileSync(join(here, 'javascript', 'client.mjs'), join(folder, 'client.mjs'));
    return [process.execPath, join(folder, 'client.mjs')];
  },
  python() {
    if (!works('python3', ['--version'])) return 'no Python';
    const folder = join(cache, 'python');
    const python = join(folder, 'bin', 'python');
    if (!existsSync(python) && run('python3', ['-m', 'venv', folder]).status !== 0) return 'no venv';
    const name = `kubernetes==${versions.python}`;
    if (!works(python, ['-c', 'import kubernetes']) && run(python, ['-m', 'pip', 'install', '-q', name]).status !== 0)
      return `${name} cannot be had`;
    return [python, join(here, 'python', 'client.py')];
  },
};

const temporary = mkdtempSync(join(tmpdir(), 'clients-'));
const kubeconfig = join(temporary, 'kubeconfig');
const server = spawn(
  process.execPath,
  [
    join(root, 'bin', 'tabernetes.mjs'),
    'serve',
    '--port',
    '0',
    '--nodes',
    '3',
    '--speed',
    '20',
    '--kubeconfig',
    kubeconfig,
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
await new Promise((resolve, reject) => {
  server.stdout.on('data', (text) => String(text).includes('KUBECONFIG') && resolve());
  server.on('exit', () => reject(new Error('the server ended')));
});

const wanted = process.argv.slice(2);
let failed = false;
for (const [name, prepare] of Object.entries(clients)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`== ${name}`);
  const command = prepare();
  if (typeof command === 'string') {
    console.log(`skipped: ${command}`);
    continue;
  }
  const done = run(command[0], command.slice(1), {
    env: { ...process.env, KUBECONFIG: kubeconfig },
    stdio: ['ignore', 'inherit', 'ignore'],
  });
  if (done.status !== 0) failed = true;
}
const ended = new Promise((resolve) => server.on('exit', resolve));
server.kill('SIGTERM');
const exit = await ended;
if (exit !== 0) {
  failed = true;
  console.log(`FAIL the server ended with ${exit}`);
}
rmSync(temporary, { recursive: true, force: true });
process.exit(failed ? 1 : 0);

// What people do with the real kubectl that needs more than one answer: streams, waits, tunnels. Prints `ok NAME` or `FAIL NAME: why` for each.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [kubectlPath = 'kubectl'] = process.argv.slice(2);
const namespace = `kubectl-${process.pid}`;
const directory = mkdtempSync(join(tmpdir(), 'kubectl-'));
let failed = false;

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
function kubectl(args, { input, env } = {}) {
  const done = spawnSync(kubectlPath, ['-n', namespace, ...args], {
    input,
    encoding: 'utf8',
    cwd: directory,
    timeout: 90_000,
    env: { ...process.env, ...env },
  });
  return { out: done.stdout, err: done.stderr, code: done.status };
}
function equal(found, wanted) {
  if (JSON.stringify(found) !== JSON.stringify(wanted))
    throw new Error(`${JSON.stringify(found)} is not ${JSON.stringify(wanted)}`);
}
function matches(text, pattern) {
  if (!pattern.test(text)) throw new Error(`${JSON.stringify(text)} does not match ${pattern}`);
}
async function check(name, action) {
  try {
    await action();
    console.log(`ok ${name}`);
  } catch (error) {
    failed = true;
    console.log(`FAIL ${name}: ${error.stack}`);
  }
}
/** A command that goes on: its output so far, and its end. */
function start(args, env = {}) {
  const child = spawn(kubectlPath, ['-n', namespace, ...args], { cwd: directory, env: { ...process.env, ...env } });
  const started = {
    text: '',
    stop: () => child.kill(),
    write: (line) => child.stdin.write(line),
    ended: new Promise((done) => child.on('close', done)),
  };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (started.text += chunk));
  return started;
}
async function until(what, condition, ms = 60_000) {
  for (const deadline = Date.now() + ms; Date.now() < deadline; await sleep(50)) if (await condition()) return;
  throw new Error(`${what} did not come true`);
}
async function page(port) {
  const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
  return answer.text();
}

const shop = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec: {containers: [{name: web, image: nginx}]}
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {selector: {app: shop}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: box}
spec:
  terminationGracePeriodSeconds: 0
  containers: [{name: main, image: busybox, command: [sh, -c, 'while true; do echo tick; sleep 1; done']}]
`;

kubectl(['create', 'namespace', namespace]);
await check('apply from standard input, twice', () => {
  equal(
    kubectl(['apply', '-f', '-'], { input: shop }).out,
    'deployment.apps/shop created\nservice/shop created\npod/box created\n',
  );
  equal(
    kubectl(['apply', '-f', '-'], { input: shop }).out,
    'deployment.apps/shop unchanged\nservice/shop unchanged\npod/box unchanged\n',
  );
});
await check('rollout status and wait', () => {
  matches(
    kubectl(['rollout', 'status', 'deployment/shop', '--timeout=60s']).out,
    /deployment "shop" successfully rolled out\n$/,
  );
  equal(kubectl(['wait', '--for=condition=Ready', 'pod/box', '--timeout=60s']).out, 'pod/box condition met\n');
});
await check('get --watch', async () => {
  const watching = start(['get', 'configmaps', '--watch-only', '-o', 'name']);
  await sleep(500);
  kubectl(['create', 'configmap', 'seen']);
  await until('the config map', () => watching.text === 'configmap/seen\n', 10_000);
  watching.stop();
});
for (const [name, flag] of [
  ['WebSocket', 'true'],
  ['SPDY', 'false'],
]) {
  const env = { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: flag, KUBECTL_PORT_FORWARD_WEBSOCKETS: flag };
  await check(`exec over ${name}`, () => {
    equal(kubectl(['exec', 'box', '--', 'sh', '-c', 'echo out; echo err >&2; exit 7'], { env }), {
      out: 'out\n',
      err: 'err\ncommand terminated with exit code 7\n',
      code: 7,
    });
    equal(
      kubectl(['exec', '-i', 'box', '--', 'cat'], { env, input: 'through\n'.repeat(10_000) }).out,
      'through\n'.repeat(10_000),
    );
    equal(kubectl(['exec', 'box', '-c', 'missing', '--', 'ls'], { env }).code, 1);
  });
  await check(`cp over ${name}`, () => {
    writeFileSync(join(directory, 'file'), 'x'.repeat(100_000));
    equal(kubectl(['cp', 'file', 'box:/tmp/file'], { env }).code, 0);
    equal(kubectl(['exec', 'box', '--', 'wc', '-c', '/tmp/file'], { env }).out, '100000 /tmp/file\n');
    equal(kubectl(['cp', 'box:/tmp/file', 'back'], { env }).code, 0);
  });
  await check(`attach over ${name}`, async () => {
    const attached = start(['attach', 'box'], env);
    await until('output', () => attached.text.includes('tick\ntick\n'));
    attached.stop();
  });
  await check(`port-forward over ${name}`, async () => {
    const forwarding = start(['port-forward', 'service/shop', ':80', '-v=6'], env);
    await until('the port', () => /127\.0\.0\.1:(\d+) -> 80/.test(forwarding.text));
    const [, port] = /127\.0\.0\.1:(\d+) -> 80/.exec(forwarding.text);
    for (const text of await Promise.all(Array.from({ length: 10 }, () => page(port))))
      matches(text, /Welcome to nginx!/);
    if (/fall/i.test(forwarding.text)) throw new Error(`fell back: ${forwarding.text}`);
    forwarding.stop();
  });
}
await check('logs followed, and of all pods', async () => {
  const following = start(['logs', '-f', 'box', '--tail=1']);
  await until('lines', () => following.text.startsWith('tick\ntick\ntick\n'));
  following.stop();
  matches(
    kubectl(['logs', '-l', 'app=shop', '--prefix', '--tail=1']).out,
    /^\[pod\/shop-\w+-\w+\/web\] .*\n\[pod\/shop-/,
  );
});
await check('proxy', async () => {
  const proxying = start(['proxy', '--port=0']);
  await until('the port', () => /127\.0\.0\.1:\d+/.test(proxying.text));
  const [address] = /127\.0\.0\.1:\d+/.exec(proxying.text);
  const answer = await fetch(`http://${address}/api/v1/namespaces/${namespace}/services/shop/proxy/`);
  matches(await answer.text(), /Welcome to nginx!/);
  proxying.stop();
});
await check('run a pod, attached, and remove it', () => {
  matches(
    kubectl(['run', 'once', '--image=busybox', '--restart=Never', '--rm', '-i', '--quiet', '--', 'echo', 'hello'], {})
      .out,
    /^hello\n/,
  );
});
await check('debug with an ephemeral container', () => {
  equal(kubectl(['debug', 'box', '--image=busybox', '--quiet', '--', 'sleep', '5']).code, 0);
});
await check('diff', () => {
  const changed = kubectl(['diff', '-f', '-'], { input: shop.replace('replicas: 2', 'replicas: 3') });
  equal(changed.code, 1);
  matches(changed.out, /\n-  replicas: 2\n\+  replicas: 3\n/);
});
await check('scale, set image, undo', () => {
  equal(kubectl(['scale', 'deployment/shop', '--replicas=3']).out, 'deployment.apps/shop scaled\n');
  kubectl(['set', 'image', 'deployment/shop', 'web=nginx:1.27']);
  matches(kubectl(['rollout', 'status', 'deployment/shop', '--timeout=60s']).out, /successfully rolled out/);
  equal(kubectl(['rollout', 'undo', 'deployment/shop']).out, 'deployment.apps/shop rolled back\n');
});
await check('create token, and use it', () => {
  const token = kubectl(['create', 'token', 'default']).out.trim();
  matches(
    kubectl(['auth', 'whoami', '--token', token, '-o', 'jsonpath={.status.userInfo.username}']).out,
    /^system:serviceaccount:kubectl-\d+:default$/,
  );
});
await check('create a user with a signed certificate', async () => {
  const file = (name) => join(directory, name);
  const made = spawnSync(
    'openssl',
    [
      ...['req', '-new', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=alice/O=team'],
      ...['-keyout', file('key'), '-out', file('request')],
    ],
    { encoding: 'utf8' },
  );
  if (made.error) return console.log('   (left out: there is no openssl)');
  const csr = {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: namespace },
    spec: {
      request: readFileSync(file('request')).toString('base64'),
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: ['client auth'],
    },
  };
  kubectl(['apply', '-f', '-'], { input: JSON.stringify(csr) });
  kubectl(['certificate', 'approve', namespace]);
  const certificate = () => kubectl(['get', 'csr', namespace, '-o', 'jsonpath={.status.certificate}']).out;
  await until('the certificate', () => certificate() !== '');
  writeFileSync(file('certificate'), Buffer.from(certificate(), 'base64'));
  const config = kubectl(['config', 'view', '--raw', '--minify', '-o', 'json']).out;
  writeFileSync(file('config'), config);
  const env = { KUBECONFIG: file('config') };
  kubectl(
    ['config', 'set-credentials', 'alice', '--client-certificate', file('certificate'), '--client-key', file('key')],
    {
      env,
    },
  );
  const who = kubectl(
    ['--user=alice', 'auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username} {.status.userInfo.groups}'],
    {
      env,
    },
  );
  equal(who.out, 'alice ["team","system:authenticated"]');
});
await check('explain, api-resources, what is not installed', () => {
  matches(kubectl(['explain', 'pod.spec.containers.livenessProbe']).out, /^KIND: +Pod\nVERSION: +v1\n/);
  matches(kubectl(['api-resources', '-o', 'name']).out, /\ndeployments\.apps\n/);
  equal(kubectl(['top', 'nodes']).err, 'error: Metrics API not available\n');
});
await check('drain and uncordon', () => {
  const [node] = kubectl(['get', 'pods', '-l', 'app=shop', '-o', 'jsonpath={.items[*].spec.nodeName}']).out.split(' ');
  equal(kubectl(['drain', node, '--ignore-daemonsets', '--force', '--delete-emptydir-data', '--timeout=60s']).code, 0);
  equal(kubectl(['uncordon', node]).out, `node/${node} uncordoned\n`);
});
await check('delete the namespace, and wait', () => {
  equal(kubectl(['delete', 'namespace', namespace, '--timeout=80s']).out, `namespace "${namespace}" deleted\n`);
});

rmSync(directory, { recursive: true, force: true });
process.exit(failed ? 1 : 0);

// What programs of the official JavaScript client do, against the cluster of KUBECONFIG. Prints `ok NAME` or `FAIL NAME: why` for each.
import { Writable, PassThrough } from 'node:stream';
import net from 'node:net';
import * as k8s from '@kubernetes/client-node';

const config = new k8s.KubeConfig();
config.loadFromDefault();
const core = config.makeApiClient(k8s.CoreV1Api);
const apps = config.makeApiClient(k8s.AppsV1Api);
const objects = k8s.KubernetesObjectApi.makeApiClient(config);
const namespace = `javascript-${process.pid}`;
let failed = false;

const assert = (condition, why) => {
  if (!condition) throw new Error(why);
};
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
async function until(what, condition, ms = 30_000) {
  for (const deadline = Date.now() + ms; Date.now() < deadline; await sleep(50)) if (await condition()) return;
  throw new Error(`${what} did not come true`);
}
async function check(name, action) {
  try {
    await Promise.race([action(), sleep(60_000).then(() => assert(false, 'took longer than a minute'))]);
    console.log(`ok ${name}`);
  } catch (error) {
    failed = true;
    console.log(`FAIL ${name}: ${error?.stack ?? error}`);
  }
}
function collect() {
  const chunks = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

await core.createNamespace({ body: { metadata: { name: namespace } } });

await check('create, read, replace, delete', async () => {
  const body = { metadata: { name: 'one' }, data: { a: '1' } };
  const made = await core.createNamespacedConfigMap({ namespace, body });
  assert(made.metadata?.creationTimestamp instanceof Date, 'no time of creation');
  const read = await core.readNamespacedConfigMap({ namespace, name: 'one' });
  read.data = { a: '2' };
  const replaced = await core.replaceNamespacedConfigMap({ namespace, name: 'one', body: read });
  assert(replaced.data?.a === '2', 'not replaced');
  await core.deleteNamespacedConfigMap({ namespace, name: 'one' });
});

await check('errors carry a Status', async () => {
  try {
    await core.readNamespacedConfigMap({ namespace, name: 'missing' });
  } catch (error) {
    assert(error.code === 404, `code ${error.code}`);
    assert(JSON.parse(error.body).message === 'configmaps "missing" not found', error.body);
    return;
  }
  assert(false, 'no error');
});

await check('patch in three formats', async () => {
  const name = 'patched';
  await core.createNamespacedConfigMap({ namespace, body: { metadata: { name }, data: { a: '1' } } });
  const as = (type) => k8s.setHeaderOptions('Content-Type', type);
  await core.patchNamespacedConfigMap(
    { namespace, name, body: [{ op: 'replace', path: '/data/a', value: '2' }] },
    as(k8s.PatchStrategy.JsonPatch),
  );
  await core.patchNamespacedConfigMap(
    { namespace, name, body: { data: { b: '3' } } },
    as(k8s.PatchStrategy.MergePatch),
  );
  const last = await core.patchNamespacedConfigMap(
    { namespace, name, body: { data: { c: '4' } } },
    as(k8s.PatchStrategy.StrategicMergePatch),
  );
  assert(JSON.stringify(last.data) === '{"a":"2","b":"3","c":"4"}', JSON.stringify(last.data));
});

await check('server-side apply through the object API', async () => {
  const apply = (value) =>
    objects.patch(
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied', namespace }, data: { key: value } },
      undefined,
      undefined,
      'tests',
      true,
      k8s.PatchStrategy.ServerSideApply,
    );
  await apply('one');
  const applied = await apply('two');
  assert(applied.data.key === 'two', 'not applied');
  assert(applied.metadata.managedFields?.[0]?.operation === 'Apply', 'no managed fields');
});

await check('informer', async () => {
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const informer = k8s.makeInformer(config, path, () => core.listNamespacedConfigMap({ namespace }));
  const heard = [];
  for (const event of ['add', 'update', 'delete'])
    informer.on(event, (object) => heard.push(`${event} ${object.metadata.name}`));
  const errors = [];
  informer.on('error', (error) => errors.push(error));
  await informer.start();
  const body = { metadata: { name: 'watched' }, data: { a: '1' } };
  await core.createNamespacedConfigMap({ namespace, body });
  await core.replaceNamespacedConfigMap({ namespace, name: 'watched', body: { ...body, data: { a: '2' } } });
  await core.deleteNamespacedConfigMap({ namespace, name: 'watched' });
  await until('all three events', () => heard.includes('delete watched'), 10_000);
  const mine = heard.filter((line) => line.endsWith(' watched'));
  assert(mine.join() === 'add watched,update watched,delete watched', mine.join());
  await informer.stop();
  assert(
    errors.every((error) => error.name === 'AbortError'),
    String(errors[0]),
  );
});

await check('watch, and its end', async () => {
  const watch = new k8s.Watch(config);
  const events = [];
  let ended;
  const done = new Promise((resolve) => (ended = resolve));
  const request = await watch.watch(
    `/api/v1/namespaces/${namespace}/configmaps`,
    { allowWatchBookmarks: true },
    (type) => events.push(type),
    ended,
  );
  await until('the first events', () => events.includes('ADDED'), 10_000);
  request.abort();
  await done;
});

const podBody = (name, container) => ({
  metadata: { name },
  spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: 'busybox', ...container }] },
});
const isReady = async (name) => {
  const pod = await core.readNamespacedPod({ namespace, name });
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
};

await core.createNamespacedPod({
  namespace,
  body: podBody('box', { command: ['sh', '-c', 'echo started; while true; do echo tick; sleep 1; done'] }),
});
await core.createNamespacedPod({ namespace, body: podBody('web', { image: 'nginx' }) });
await check('pods become ready', () =>
  until('ready', async () => (await isReady('box')) && (await isReady('web')), 60_000),
);

await check('exec: output, errors, exit code', async () => {
  const exec = new k8s.Exec(config);
  const [out, err] = [collect(), collect()];
  const status = await new Promise((resolve, reject) => {
    exec
      .exec(
        namespace,
        'box',
        'main',
        ['sh', '-c', 'echo out; echo err >&2; exit 7'],
        out.stream,
        err.stream,
        null,
        false,
        resolve,
      )
      .catch(reject);
  });
  assert(out.text() === 'out\n' && err.text() === 'err\n', `${out.text()} ${err.text()}`);
  assert(status.status === 'Failure' && status.details.causes[0].message === '7', JSON.stringify(status));
});

await check('exec: standard input', async () => {
  const exec = new k8s.Exec(config);
  const [out, input] = [collect(), new PassThrough()];
  const ended = new Promise((resolve, reject) => {
    exec.exec(namespace, 'box', 'main', ['head', '-n', '2'], out.stream, null, input, false, resolve).catch(reject);
  });
  input.write('one\n');
  await sleep(50);
  input.write('two\n');
  assert((await ended).status === 'Success', 'not successful');
  assert(out.text() === 'one\ntwo\n', out.text());
});

await check('attach', async () => {
  const out = collect();
  const socket = await new k8s.Attach(config).attach(namespace, 'box', 'main', out.stream, null, null, false);
  await until('output', () => out.text().includes('tick'));
  socket.close();
});

await check('logs, whole and followed', async () => {
  const whole = await core.readNamespacedPodLog({ namespace, name: 'box', container: 'main' });
  assert(whole.startsWith('started\n'), whole.slice(0, 40));
  const followed = collect();
  const controller = await new k8s.Log(config).log(namespace, 'box', 'main', followed.stream, {
    follow: true,
    tailLines: 1,
  });
  await until('more lines', () => followed.text().split('\n').length > 3);
  controller.abort();
});

await check('port-forward', async () => {
  const forward = new k8s.PortForward(config);
  const server = net.createServer((socket) => void forward.portForward(namespace, 'web', [80], socket, null, socket));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const answer = await fetch(`http://127.0.0.1:${server.address().port}/`, { headers: { connection: 'close' } });
    assert((await answer.text()).includes('Welcome to nginx!'), 'not the page');
  } finally {
    server.close();
    server.closeAllConnections?.();
  }
});

await check('copy a file into a pod and back', async () => {
  const exec = new k8s.Exec(config);
  const [out, input] = [collect(), new PassThrough()];
  const ended = new Promise((resolve, reject) => {
    exec
      .exec(
        namespace,
        'box',
        'main',
        ['sh', '-c', 'head -c 300000 > /tmp/big; wc -c < /tmp/big'],
        out.stream,
        null,
        input,
        false,
        resolve,
      )
      .catch(reject);
  });
  input.write(Buffer.alloc(300_000, 97));
  await ended;
  assert(out.text().trim() === '300000', out.text());
  const back = collect();
  await new Promise((resolve, reject) => {
    exec.exec(namespace, 'box', 'main', ['cat', '/tmp/big'], back.stream, null, null, false, resolve).catch(reject);
  });
  assert(back.text().length === 300_000, String(back.text().length));
});

await check('deployment, scale, rollout', async () => {
  const labels = { app: 'shop' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
  await apps.createNamespacedDeployment({
    namespace,
    body: { metadata: { name: 'shop' }, spec: { replicas: 1, selector: { matchLabels: labels }, template } },
  });
  const ready = async (wanted) =>
    (await apps.readNamespacedDeployment({ namespace, name: 'shop' })).status?.readyReplicas === wanted;
  await until('one ready', () => ready(1), 60_000);
  const scale = await apps.readNamespacedDeploymentScale({ namespace, name: 'shop' });
  await apps.replaceNamespacedDeploymentScale({ namespace, name: 'shop', body: { ...scale, spec: { replicas: 3 } } });
  await until('three ready', () => ready(3), 60_000);
});

await check('cache of an informer by label', async () => {
  const list = () => core.listNamespacedPod({ namespace, labelSelector: 'app=shop' });
  const informer = new k8s.ListWatch(
    `/api/v1/namespaces/${namespace}/pods`,
    new k8s.Watch(config),
    list,
    true,
    'app=shop',
  );
  await until('three pods', () => informer.list(namespace)?.length === 3);
  await informer.stop();
});

await check('custom objects', async () => {
  const extensions = config.makeApiClient(k8s.ApiextensionsV1Api);
  const group = `g${process.pid}.example.com`;
  const schema = {
    openAPIV3Schema: {
      type: 'object',
      properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
    },
  };
  await extensions.createCustomResourceDefinition({
    body: {
      metadata: { name: `things.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { plural: 'things', kind: 'Thing' },
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    },
  });
  const custom = config.makeApiClient(k8s.CustomObjectsApi);
  const ask = { group, version: 'v1', namespace, plural: 'things' };
  await until(
    'established',
    async () => (await custom.listNamespacedCustomObject(ask).catch(() => undefined)) !== undefined,
  );
  await custom.createNamespacedCustomObject({
    ...ask,
    body: { apiVersion: `${group}/v1`, kind: 'Thing', metadata: { name: 't' }, spec: { size: 3 } },
  });
  assert((await custom.getNamespacedCustomObject({ ...ask, name: 't' })).spec.size === 3, 'lost');
  await extensions.deleteCustomResourceDefinition({ name: `things.${group}` });
});

await check('delete the namespace', async () => {
  await core.deleteNamespace({ name: namespace });
  await until(
    'gone',
    async () =>
      core.readNamespace({ name: namespace }).then(
        () => false,
        (error) => error.code === 404,
      ),
    90_000,
  );
});

process.exit(failed ? 1 : 0);

import { errorText } from '../../apimachinery/error-text.ts';
import type * as corev1 from '../../api/core/v1.ts';
import type { Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { restConfig } from '../config/client-config.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { writeFileText } from '../files.ts';
import { listAll } from '../describe/session.ts';
import type { Unstructured } from '../object.ts';
import { printerFor } from '../printers/object-printer.ts';
import { withQuery } from '../rest/rest-client.ts';
import { allContainers } from '../pods/containers.ts';

const dumpKinds = [
  ['events', '/api/v1'],
  ['replicationcontrollers', '/api/v1'],
  ['services', '/api/v1'],
  ['daemonsets', '/apis/apps/v1'],
  ['deployments', '/apis/apps/v1'],
  ['replicasets', '/apis/apps/v1'],
  ['pods', '/api/v1'],
] as const;

export const clusterInfo: Command = {
  use: 'cluster-info',
  group: 'cluster',
  short: 'Display cluster information',
  long: 'Shows the addresses of the control plane and of services with the label kubernetes.io/cluster-service=true.',
  example: 'kubectl cluster-info',
  commands: [
    {
      use: 'dump',
      short: 'Dump relevant information for debugging and diagnosis',
      long: 'Writes out the state of the cluster: nodes, and the workloads, events and logs of some namespaces.',
      example: `kubectl cluster-info dump

kubectl cluster-info dump --all-namespaces --output-directory=/tmp/state`,
      flags: flagSpecs(`
        A/all-namespaces=false allow-missing-template-keys=true namespaces=[] o/output='json' output-directory=''
        pod-running-timeout=20s show-managed-fields=false template=''
      `),
      run: runDump,
    },
  ],
  run: runClusterInfo,
};

/** Upstream: kubectl/pkg/cmd/clusterinfo/clusterinfo.go (v1.36) */
function* runClusterInfo({ factory, flags, out, context }: Invocation): Process<void> {
  const { server } = restConfig(context, factory.effective);
  const namespace = flags.string('namespace') || 'kube-system';
  const path = withQuery(`/api/v1/namespaces/${namespace}/services`, {
    labelSelector: 'kubernetes.io/cluster-service=true',
  });
  const services = yield* listAll<corev1.Service>({ factory, chunkSize: 0 }, path);
  yield* out.line(`Kubernetes control plane is running at ${server}`);
  for (const service of services) {
    const name = service.metadata?.labels?.['kubernetes.io/name'] || (service.metadata?.name ?? '');
    yield* out.line(`${name} is running at ${linkOf(service, server)}`);
  }
  yield* out.print("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n");
}

function linkOf({ metadata, spec, status }: corev1.Service, server: string): string {
  const [ingress] = status?.loadBalancer?.ingress ?? [];
  if (ingress !== undefined) {
    const host = ingress.ip || (ingress.hostname ?? '');
    return (spec?.ports ?? []).map(({ port }) => `http://${host}:${port} `).join('');
  }
  const { name = '', namespace = '' } = metadata ?? {};
  const [port] = spec?.ports ?? [];
  const secure = port?.name === 'https' || port?.port === 443;
  const portName = port?.name ?? '';
  const joined = secure ? `https:${name}:${portName}` : portName === '' ? name : `${name}:${portName}`;
  return `${server}/api/v1/namespaces/${namespace}/services/${joined}/proxy`;
}

/** Upstream: kubectl/pkg/cmd/clusterinfo/clusterinfo_dump.go (v1.36) */
function* runDump(invocation: Invocation): Process<void> {
  const { factory, flags, out, context } = invocation;
  const directory = flags.string('output-directory');
  const extension = flags.string('output') === 'yaml' ? 'yaml' : 'json';
  const printer = printerFor(context, flags, { defaultFormat: 'json' });
  const write = function* (name: string, text: string): Process<void> {
    if (directory === '' || directory === '-') return yield* out.print(text);
    const path = `${directory}/${name}`;
    context.fs.mkdir(parentOf(path.startsWith('/') ? path : `${context.cwd}/${path}`), { parents: true });
    writeFileText(context, path, text);
  };
  const read = function* (path: string, name: string): Process<void> {
    const list = yield* factory.rest.json<Unstructured>({ path });
    yield* write(`${name}.${extension}`, printer.print(list));
  };
  yield* read('/api/v1/nodes', 'nodes');
  for (const namespace of yield* namespacesToDump(invocation)) {
    for (const [resource, prefix] of dumpKinds) {
      const name = resource === 'replicationcontrollers' ? 'replication-controllers' : resource;
      yield* read(`${prefix}/namespaces/${namespace}/${resource}`, `${namespace}/${name}`);
    }
    const pods = yield* listAll<corev1.Pod>({ factory, chunkSize: 0 }, `/api/v1/namespaces/${namespace}/pods`);
    for (const pod of pods)
      yield* write(`${namespace}/${pod.metadata?.name ?? ''}/logs.txt`, yield* logsOf(invocation, pod));
  }
  if (directory !== '' && directory !== '-') yield* out.line(`Cluster info dumped to ${directory}`);
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

function* namespacesToDump({ factory, flags }: Invocation): Process<readonly string[]> {
  if (flags.bool('all-namespaces')) {
    const all = yield* listAll<corev1.Namespace>({ factory, chunkSize: 0 }, '/api/v1/namespaces');
    return all.map(({ metadata }) => metadata?.name ?? '');
  }
  const wanted = flags.strings('namespaces');
  return wanted.length > 0 ? wanted : ['kube-system', factory.namespace];
}

function* logsOf({ factory }: Invocation, pod: corev1.Pod): Process<string> {
  const { name = '', namespace = '' } = pod.metadata ?? {};
  let text = '';
  for (const { container } of allContainers(pod)) {
    text += `==== START logs for container ${container.name} of pod ${namespace}/${name} ====\n`;
    const path = `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(name)}/log?container=${container.name}`;
    try {
      text += yield* factory.rest.text({ path });
    } catch (error) {
      text += `Request log error: ${errorText(error)}\n`;
    }
    text += `==== END logs for container ${container.name} of pod ${namespace}/${name} ====\n`;
  }
  return text;
}

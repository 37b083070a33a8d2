import type * as corev1 from '../../api/core/v1.ts';
import { compareStrings } from '../../apimachinery/go-format.ts';
import { parseQuantity, type Quantity } from '../../apimachinery/quantity.ts';
import type { Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { listAll } from '../describe/session.ts';
import { KubectlError } from '../errors.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { arrayAt, type Unstructured } from '../object.ts';
import { TabWriter } from '../printers/tab-writer.ts';
import { withQuery } from '../rest/rest-client.ts';
import { usageError } from '../usage.ts';

const metricsPath = '/apis/metrics.k8s.io/v1beta1';
const mebibyte = 1024 * 1024;

interface Usage {
  readonly cpu: Quantity;
  readonly memory: Quantity;
}
interface Metrics {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly usage?: Readonly<Record<string, string>>;
  readonly containers?: readonly { readonly name: string; readonly usage: Readonly<Record<string, string>> }[];
}

export const top: Command = {
  use: 'top',
  group: 'cluster',
  short: 'Display resource (CPU/memory) usage',
  long: 'Shows how much cpu and memory nodes or pods use, if the cluster measures it.',
  commands: [
    {
      use: 'node [NAME | -l label]',
      aliases: ['nodes', 'no'],
      short: 'Display resource (CPU/memory) usage of nodes',
      long: 'Shows what nodes use, and what part of their capacity that is.',
      example: 'kubectl top node',
      flags: flagSpecs(`
        no-headers=false l/selector='' show-capacity=false show-swap=false sort-by='' use-protocol-buffers=true
      `),
      plainUseLine: true,
      completion: 'node',
      run: topNode,
    },
    {
      use: 'pod [NAME | -l label]',
      aliases: ['pods', 'po'],
      short: 'Display resource (CPU/memory) usage of pods',
      long: 'Shows what pods use. A pod that has just started has no figures yet.',
      example: `kubectl top pod

# Every container
kubectl top pod web --containers`,
      flags: flagSpecs(`
        A/all-namespaces=false containers=false field-selector='' no-headers=false l/selector='' show-swap=false sort-by=''
        sum=false use-protocol-buffers=true
      `),
      plainUseLine: true,
      completion: 'pod',
      run: topPod,
    },
  ],
};

const usageOf = (usage: Readonly<Record<string, string>> | undefined): Usage => ({
  cpu: parseQuantity(usage?.['cpu'] ?? '0'),
  memory: parseQuantity(usage?.['memory'] ?? '0'),
});
const addUsage = (a: Usage, b: Usage): Usage => ({ cpu: a.cpu.add(b.cpu), memory: a.memory.add(b.memory) });
const cpuText = ({ cpu }: Usage): string => `${cpu.milliValue()}m`;
const memoryText = ({ memory }: Usage): string => `${Math.floor(memory.value() / mebibyte)}Mi`;

/** @throws KubectlError when nothing measures */
function* checkMetricsApi({ factory, flags }: Invocation): Process<void> {
  const sortBy = flags.string('sort-by');
  if (sortBy !== '' && sortBy !== 'cpu' && sortBy !== 'memory' && sortBy !== 'swap') {
    throw new KubectlError('--sort-by accepts only cpu or memory or swap');
  }
  const { versions } = yield* factory.discovery();
  if (!versions.some(({ group, version }) => group === 'metrics.k8s.io' && version === 'v1beta1')) {
    throw new KubectlError('Metrics API not available');
  }
}

const compareUsage = (sortBy: string, a: Usage, b: Usage): number =>
  sortBy === 'cpu' ? b.cpu.cmp(a.cpu) : sortBy === 'memory' ? b.memory.cmp(a.memory) : 0;

/** Upstream: kubectl/pkg/cmd/top/top_node.go (v1.36) */
function* topNode(invocation: Invocation): Process<void> {
  const { flags, args, factory, out, path } = invocation;
  if (args.length > 1) throw usageError(path, 'unexpected arguments');
  const [name] = args;
  const selector = flags.string('selector');
  if (name !== undefined && selector !== '') throw new KubectlError('only one of NAME or --selector can be provided');
  yield* checkMetricsApi(invocation);
  const metrics = yield* readMetrics(invocation, `${metricsPath}/nodes`, name, { labelSelector: selector });
  if (metrics.length === 0) throw new KubectlError('metrics not available yet');
  const nodes = yield* listAll<corev1.Node>({ factory, chunkSize: 0 }, '/api/v1/nodes', { labelSelector: selector });
  const table = new TabWriter();
  if (!flags.bool('no-headers')) table.line('NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)');
  const whole = flags.bool('show-capacity') ? 'capacity' : 'allocatable';
  for (const { metadata, usage } of sorted(metrics, flags.string('sort-by'), (one) => usageOf(one.usage))) {
    const used = usageOf(usage);
    const node = nodes.find((one) => one.metadata?.name === metadata.name);
    const available = usageOf(node?.status?.[whole]);
    const percent = (part: number, all: number): string => `${all === 0 ? 0 : Math.trunc((part / all) * 100)}%`;
    table.line(
      metadata.name,
      cpuText(used),
      percent(used.cpu.milliValue(), available.cpu.milliValue()),
      memoryText(used),
      percent(used.memory.value(), available.memory.value()),
    );
  }
  const measured = new Set(metrics.map(({ metadata }) => metadata.name));
  for (const { metadata } of name === undefined ? nodes : []) {
    if (!measured.has(metadata?.name ?? '')) {
      table.line(metadata?.name ?? '', '<unknown>', '<unknown>', '<unknown>', '<unknown>');
    }
  }
  yield* out.print(table.flush());
}

function* readMetrics(
  { factory }: Invocation,
  path: string,
  name: string | undefined,
  selectors: { readonly labelSelector?: string; readonly fieldSelector?: string },
): Process<readonly Metrics[]> {
  if (name !== undefined) return [yield* factory.rest.json<Metrics>({ path: `${path}/${encodeURIComponent(name)}` })];
  const list = yield* factory.rest.json<Unstructured>({ path: withQuery(path, { ...selectors }) });
  return arrayAt<Metrics>(list, 'items');
}

function sorted(metrics: readonly Metrics[], sortBy: string, usage: (one: Metrics) => Usage): Metrics[] {
  const key = ({ metadata }: Metrics): string => metadata.name;
  return [...metrics].sort(
    (a, b) =>
      compareUsage(sortBy, usage(a), usage(b)) ||
      compareStrings(a.metadata.namespace ?? '', b.metadata.namespace ?? '') ||
      compareStrings(key(a), key(b)),
  );
}

const podUsage = ({ containers = [] }: Metrics): Usage =>
  containers.map(({ usage }) => usageOf(usage)).reduce(addUsage, usageOf(undefined));

/** Upstream: kubectl/pkg/cmd/top/top_pod.go (v1.36) */
function* topPod(invocation: Invocation): Process<void> {
  const { flags, args, factory, out, err, path } = invocation;
  if (args.length > 1) throw usageError(path, 'unexpected arguments');
  const [name] = args;
  const [selector, fieldSelector] = [flags.string('selector'), flags.string('field-selector')];
  if (name !== undefined && (selector !== '' || fieldSelector !== '')) {
    throw new KubectlError('only one of NAME or selector can be provided');
  }
  yield* checkMetricsApi(invocation);
  const everywhere = flags.bool('all-namespaces');
  const base = everywhere ? `${metricsPath}/pods` : `${metricsPath}/namespaces/${factory.namespace}/pods`;
  const metrics = yield* readMetrics(invocation, base, name, { labelSelector: selector, fieldSelector });
  if (metrics.length === 0) {
    return yield* err.line(everywhere ? 'No resources found' : `No resources found in ${factory.namespace} namespace.`);
  }
  const byContainer = flags.bool('containers');
  const table = new TabWriter();
  if (!flags.bool('no-headers')) {
    table.line(
      ...(everywhere ? ['NAMESPACE'] : []),
      ...(byContainer ? ['POD'] : []),
      'NAME',
      'CPU(cores)',
      'MEMORY(bytes)',
    );
  }
  for (const pod of sorted(metrics, flags.string('sort-by'), podUsage)) {
    const namespace = everywhere ? [pod.metadata.namespace ?? ''] : [];
    const line = (names: readonly string[], usage: Usage) =>
      table.line(...namespace, ...names, cpuText(usage), memoryText(usage));
    if (!byContainer) line([pod.metadata.name], podUsage(pod));
    for (const container of byContainer ? (pod.containers ?? []) : []) {
      line([pod.metadata.name, container.name], usageOf(container.usage));
    }
  }
  if (flags.bool('sum')) {
    const total = metrics.map(podUsage).reduce(addUsage, usageOf(undefined));
    const blanks = [...(everywhere ? [''] : []), ...(byContainer ? [''] : [])];
    table.line(...blanks, '', '________', '________');
    table.line(...blanks, '', cpuText(total), memoryText(total));
  }
  yield* out.print(table.flush());
}

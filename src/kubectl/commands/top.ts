import type * as corev1 from '../../api/core/v1.ts';
import { formatDuration } from '../../apimachinery/duration.ts';
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

/** A pod that is younger may have no figures yet. */
const metricsCreationDelayMs = 120_000;

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

type Resource = 'cpu' | 'memory' | 'swap';
type Usage = Readonly<Partial<Record<Resource, Quantity>>>;
interface Metrics {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly usage?: Readonly<Record<string, string>>;
  readonly containers?: readonly ContainerMetrics[];
}
interface ContainerMetrics {
  readonly name: string;
  readonly usage: Readonly<Record<string, string>>;
}

const zero = parseQuantity('0');
const resourcesOf = ({ flags }: Invocation): readonly Resource[] =>
  flags.bool('show-swap') ? ['cpu', 'memory', 'swap'] : ['cpu', 'memory'];

function usageOf(usage: Readonly<Record<string, string>> | undefined): Usage {
  const of = (name: Resource) => parseQuantity(usage?.[name] ?? '0');
  return { cpu: of('cpu'), memory: of('memory'), swap: of('swap') };
}
const addUsage = (a: Usage, b: Usage): Usage => ({
  cpu: (a.cpu ?? zero).add(b.cpu ?? zero),
  memory: (a.memory ?? zero).add(b.memory ?? zero),
  swap: (a.swap ?? zero).add(b.swap ?? zero),
});

/** Upstream: printSingleResourceUsage (v1.36) */
function usageText(resource: Resource, usage: Usage): string {
  const quantity = usage[resource] ?? zero;
  return resource === 'cpu' ? `${quantity.milliValue()}m` : `${Math.trunc(quantity.value() / mebibyte)}Mi`;
}

/** @throws KubectlError when nothing measures */
function* checkMetricsApi({ factory }: Invocation): Process<void> {
  const { versions } = yield* factory.discovery();
  if (!versions.some(({ group, version }) => group === 'metrics.k8s.io' && version === 'v1beta1')) {
    throw new KubectlError('Metrics API not available');
  }
}
function checkSortBy({ flags }: Invocation): void {
  const sortBy = flags.string('sort-by');
  if (sortBy !== '' && sortBy !== 'cpu' && sortBy !== 'memory')
    throw new KubectlError('--sort-by accepts only cpu or memory');
}

function sorted<T>(
  items: readonly T[],
  sortBy: string,
  usage: (item: T) => Usage,
  byName: (a: T, b: T) => number,
): T[] {
  const most = (a: Quantity | undefined, b: Quantity | undefined) => (b ?? zero).cmp(a ?? zero);
  return items.toSorted((a, b) => {
    if (sortBy === 'cpu') return most(usage(a).cpu, usage(b).cpu);
    return sortBy === 'memory' ? most(usage(a).memory, usage(b).memory) : byName(a, b);
  });
}
const byName = (a: { readonly name: string }, b: { readonly name: string }) => compareStrings(a.name, b.name);

/** Upstream: kubectl/pkg/cmd/top/top_node.go, metricsutil/metrics_printer.go (v1.36) */
function* topNode(invocation: Invocation): Process<void> {
  const { flags, args, factory, out, path, command } = invocation;
  if (args.length > 1) throw usageError(path, command.use);
  const [name] = args;
  const selector = flags.string('selector');
  checkSortBy(invocation);
  if (name !== undefined && selector !== '') throw new KubectlError('only one of NAME or --selector can be provided');
  yield* checkMetricsApi(invocation);
  const metrics = yield* readMetrics(invocation, `${metricsPath}/nodes`, name, { labelSelector: selector });
  if (metrics.length === 0) throw new KubectlError('metrics not available yet');
  const nodes =
    name === undefined
      ? yield* listAll<corev1.Node>({ factory, chunkSize: 0 }, '/api/v1/nodes', { labelSelector: selector })
      : [yield* factory.rest.json<corev1.Node>({ path: `/api/v1/nodes/${encodeURIComponent(name)}` })];
  const resources = resourcesOf(invocation);
  const table = new TabWriter();
  if (!flags.bool('no-headers')) {
    const swap = resources.includes('swap') ? ['SWAP(bytes)', 'SWAP(%)'] : [];
    table.line('NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)', ...swap, '');
  }
  const whole = flags.bool('show-capacity') ? 'capacity' : 'allocatable';
  const unknown = resources.flatMap(() => ['<unknown>', '<unknown>']);
  const order = (a: Metrics, b: Metrics) => byName(a.metadata, b.metadata);
  for (const { metadata, usage } of sorted(metrics, flags.string('sort-by'), (one) => usageOf(one.usage), order)) {
    const node = nodes.find((one) => one.metadata?.name === metadata.name);
    const cells = resources.flatMap((resource) => nodeCells(node, whole, resource, usageOf(usage)));
    table.line(metadata.name, ...cells, '');
  }
  const measured = new Set(metrics.map(({ metadata }) => metadata.name));
  for (const { metadata } of nodes)
    if (!measured.has(metadata.name ?? '')) table.line(metadata.name ?? '', ...unknown, '');
  yield* out.print(table.flush());
}

function nodeCells(
  node: corev1.Node | undefined,
  whole: 'capacity' | 'allocatable',
  resource: Resource,
  usage: Usage,
): readonly string[] {
  const swap = node?.status?.nodeInfo?.swap?.capacity;
  if (resource === 'swap' && node && swap === undefined) return ['<unknown>', '<unknown>'];
  const text = resource === 'swap' ? String(swap ?? '') : node?.status?.[whole]?.[resource];
  if (text === undefined || text === '') return [usageText(resource, usage)];
  const all = parseQuantity(text).milliValue();
  const part = all === 0 ? 0 : ((usage[resource] ?? zero).milliValue() / all) * 100;
  return [usageText(resource, usage), `${Math.trunc(part)}%`];
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

const podUsage = ({ containers = [] }: Metrics): Usage =>
  containers.map(({ usage }) => usageOf(usage)).reduce(addUsage, usageOf(undefined));

/** Upstream: kubectl/pkg/cmd/top/top_pod.go, metricsutil/metrics_printer.go (v1.36) */
function* topPod(invocation: Invocation): Process<void> {
  const { flags, args, factory, out, err, path, command } = invocation;
  if (args.length > 1) throw usageError(path, command.use);
  const [name] = args;
  const selectors = { labelSelector: flags.string('selector'), fieldSelector: flags.string('field-selector') };
  checkSortBy(invocation);
  if (name !== undefined && (selectors.labelSelector !== '' || selectors.fieldSelector !== '')) {
    throw new KubectlError('only one of NAME or selector can be provided');
  }
  yield* checkMetricsApi(invocation);
  const everywhere = flags.bool('all-namespaces');
  const base = everywhere ? `${metricsPath}/pods` : `${metricsPath}/namespaces/${factory.namespace}/pods`;
  const metrics = yield* readMetrics(invocation, base, name, selectors);
  if (metrics.length > 0) return yield* out.print(podTable(invocation, metrics));
  yield* verifyEmptyMetrics(invocation, selectors);
  yield* err.line(everywhere ? 'No resources found' : `No resources found in ${factory.namespace} namespace.`);
}

/** @throws KubectlError when there are pods, and so should be figures. Upstream: verifyEmptyMetrics (v1.36) */
function* verifyEmptyMetrics(
  { factory, context }: Invocation,
  selectors: { readonly labelSelector: string; readonly fieldSelector: string },
): Process<void> {
  const path = `/api/v1/namespaces/${factory.namespace}/pods`;
  const list = yield* listAll<corev1.Pod>({ factory, chunkSize: 0 }, path, selectors);
  if (list.length === 0) return;
  for (const { metadata } of list) {
    const age = context.now() - Date.parse(metadata.creationTimestamp ?? '');
    if (age > metricsCreationDelayMs) {
      const pod = `${metadata.namespace}/${metadata.name}`;
      throw new KubectlError(`Metrics not available for pod ${pod}, age: ${formatDuration(age)}`);
    }
  }
  throw new KubectlError('metrics not available yet');
}

function podTable(invocation: Invocation, metrics: readonly Metrics[]): string {
  const { flags } = invocation;
  const [everywhere, byContainer] = [flags.bool('all-namespaces'), flags.bool('containers')];
  const headers = !flags.bool('no-headers');
  const resources = resourcesOf(invocation);
  const sortBy = flags.string('sort-by');
  const table = new TabWriter();
  const leading = [...(everywhere ? ['NAMESPACE'] : []), ...(byContainer ? ['POD'] : [])];
  const columns = ['NAME', 'CPU(cores)', 'MEMORY(bytes)', ...(resources.includes('swap') ? ['SWAP(bytes)'] : [])];
  if (headers) table.line(...leading, ...columns, '');
  // Every cell ends with a tab, the last one too.
  const line = (names: readonly string[], usage: Usage) =>
    table.line(...names, ...resources.map((resource) => usageText(resource, usage)), '');
  const order = (a: Metrics, b: Metrics) =>
    (everywhere ? compareStrings(a.metadata.namespace ?? '', b.metadata.namespace ?? '') : 0) ||
    byName(a.metadata, b.metadata);
  for (const pod of sorted(metrics, sortBy, podUsage, order)) {
    const names = [...(everywhere ? [pod.metadata.namespace ?? ''] : []), pod.metadata.name];
    if (!byContainer) line(names, podUsage(pod));
    const containers = sorted(pod.containers ?? [], sortBy, ({ usage }) => usageOf(usage), byName);
    for (const one of byContainer ? containers : []) line([...names, one.name], usageOf(one.usage));
  }
  if (flags.bool('sum')) {
    const width = columns.length + (headers ? leading.length : 0);
    const blanks = (count: number) => Array.from({ length: count }, () => '');
    table.line(...blanks(width - 2), '________', '________', '');
    line([...blanks(width - 3), ''], metrics.map(podUsage).reduce(addUsage, usageOf(undefined)));
  }
  return table.flush();
}

/**
 * The API that metrics-server serves: `metrics.k8s.io/v1beta1`, nodes and pods, as lists, objects and tables.
 *
 * Upstream: kubernetes-sigs/metrics-server pkg/api (v0.8)
 */
import { formatDuration } from '../../../apimachinery/duration.ts';
import { newQuantity, parseQuantity, Quantity } from '../../../apimachinery/quantity.ts';
import { newNotFound, StatusError } from '../../../apimachinery/status-error.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import type { Process } from '../../../process/process.ts';
import type { HttpRequest, HttpResponse } from '../../../shell/http.ts';
import type { Measured, MetricsStorage, Usage } from './metrics-storage.ts';

const group = 'metrics.k8s.io';
const version = 'v1beta1';
const apiVersion = `${group}/${version}`;

/** Metadata of a node or pod, as the API server has it. */
export interface Named {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

/** Where the names come from: the API server. @throws StatusError */
export interface Lister {
  list(path: string): Process<readonly Named[]>;
  get(path: string): Process<Named>;
}

interface MetricsObject {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: object;
  readonly timestamp: string;
  readonly window: string;
  readonly usage?: Readonly<Record<string, string>>;
  readonly containers?: readonly { readonly name: string; readonly usage: Readonly<Record<string, string>> }[];
}

const verbs = ['get', 'list'];
const resources = [
  { name: 'nodes', singularName: '', namespaced: false, kind: 'NodeMetrics', verbs },
  { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs },
];
const groupVersion = { groupVersion: apiVersion, version };
const apiGroup = { name: group, versions: [groupVersion], preferredVersion: groupVersion };

const documents: Readonly<Record<string, object>> = {
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [apiGroup] },
  [`/apis/${group}`]: { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup },
  [`/apis/${apiVersion}`]: { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersion, resources },
};

const aggregatedDiscovery = (apidiscovery: string) => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: `apidiscovery.k8s.io/${apidiscovery}`,
  metadata: {},
  items: [
    {
      metadata: { name: group, creationTimestamp: null },
      versions: [
        {
          version,
          resources: resources.map(({ name, namespaced, kind }) => ({
            resource: name,
            responseKind: { group, version, kind },
            scope: namespaced ? 'Namespaced' : 'Cluster',
            singularResource: '',
            verbs,
          })),
          freshness: 'Current',
        },
      ],
    },
  ],
});

const json = (body: object, status = 200, type = 'application/json'): HttpResponse => ({
  status,
  headers: { 'Content-Type': type },
  body: `${JSON.stringify(body)}\n`,
});

export class MetricsApi {
  readonly #storage: MetricsStorage;
  readonly #lister: Lister;
  readonly #now: () => number;

  constructor(storage: MetricsStorage, lister: Lister, now: () => number) {
    this.#storage = storage;
    this.#lister = lister;
    this.#now = now;
  }

  *handle(request: HttpRequest): Process<HttpResponse> {
    if (request.path === '/livez' || request.path === '/healthz') return { status: 200, body: 'ok' };
    if (request.path === '/readyz') return this.#readiness();
    const accept = request.headers.get('accept') ?? '';
    if (request.path === '/apis' && accept.includes('as=APIGroupDiscoveryList')) {
      const wanted = /v=(v2(?:beta1)?)/.exec(accept)?.[1] ?? 'v2';
      const type = `application/json;g=apidiscovery.k8s.io;v=${wanted};as=APIGroupDiscoveryList`;
      return json(aggregatedDiscovery(wanted), 200, type);
    }
    const document = documents[request.path];
    if (document) return json(document);
    try {
      return yield* this.#resource(request, accept.split(',')[0]?.includes('as=Table') ?? false);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      return json(error.status, error.code);
    }
  }

  #readiness(): HttpResponse {
    if (this.#storage.isReady) return { status: 200, body: 'ok' };
    const checks =
      '[+]ping ok\n[+]log ok\n[-]metric-storage-ready failed: reason withheld\n[+]metric-informer-sync ok\n';
    return { status: 500, body: `${checks}readyz check failed\n` };
  }

  *#resource(request: HttpRequest, asTable: boolean): Process<HttpResponse> {
    const match = new RegExp(`^/apis/${apiVersion}/(?:namespaces/([^/]+)/)?(nodes|pods)(?:/([^/]+))?$`).exec(
      request.path,
    );
    const [, namespace, resource, name] = match ?? [];
    const isPods = resource === 'pods';
    if (!resource || (!isPods && namespace !== undefined) || (isPods && name !== undefined && namespace === undefined))
      return { status: 404, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: '404 page not found\n' };
    if (request.method !== 'GET' || request.query.get('watch') === 'true') return json(methodNotAllowed, 405);
    const base = namespace === undefined ? `/api/v1/${resource}` : `/api/v1/namespaces/${namespace}/${resource}`;
    const make = (one: Named) => (isPods ? this.#podMetrics(one) : this.#nodeMetrics(one));
    if (name !== undefined) {
      const found = make(yield* this.#lister.get(`${base}/${name}`));
      const kind = isPods ? 'podmetrics' : 'nodemetrics';
      if (!found) throw newNotFound({ group, resource: kind }, isPods ? `${namespace}/${name}` : name);
      return json(asTable ? tableOf([found]) : found);
    }
    const selectors = new URLSearchParams();
    for (const key of ['labelSelector', 'fieldSelector'] as const) {
      const value = request.query.get(key);
      if (value) selectors.set(key, value);
    }
    // Only pods that run have figures.
    if (isPods)
      selectors.set(
        'fieldSelector',
        ['status.phase=Running', selectors.get('fieldSelector')].filter(Boolean).join(','),
      );
    const named = yield* this.#lister.list(`${base}?${selectors}`);
    const items = named.flatMap((one) => make(one) ?? []);
    if (asTable) return json(tableOf(items));
    const kind = isPods ? 'PodMetricsList' : 'NodeMetricsList';
    // Objects of a typed list do not name their kind again.
    const bare = items.map(({ kind: _kind, apiVersion: _apiVersion, ...rest }) => rest);
    return json({ kind, apiVersion, metadata: {}, items: bare });
  }

  #nodeMetrics({ metadata }: Named): MetricsObject | undefined {
    const measured = this.#storage.node(metadata.name);
    return measured && { ...this.#head('NodeMetrics', metadata, measured), usage: usageTexts(measured.usage) };
  }

  #podMetrics({ metadata }: Named): MetricsObject | undefined {
    const measured = this.#storage.pod(`${metadata.namespace ?? ''}/${metadata.name}`);
    if (!measured) return undefined;
    const containers = [...measured.usage].map(([name, usage]) => ({ name, usage: usageTexts(usage) }));
    return { ...this.#head('PodMetrics', metadata, measured), containers };
  }

  #head(kind: string, { name, namespace, labels }: Named['metadata'], { atMs, windowMs }: Measured<unknown>) {
    return {
      kind,
      apiVersion,
      metadata: {
        name,
        ...(namespace === undefined ? {} : { namespace }),
        creationTimestamp: formatTime(this.#now()),
        ...(labels ? { labels } : {}),
      },
      timestamp: formatTime(atMs),
      window: formatDuration(windowMs),
    };
  }
}

const methodNotAllowed = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'the server does not allow this method on the requested resource',
  reason: 'MethodNotAllowed',
  details: {},
  code: 405,
};

const cpuQuantity = (nanoCores: number) =>
  new Quantity({ unscaled: BigInt(nanoCores), scale: -9, format: 'DecimalSI' });
const memoryQuantity = (bytes: number) => newQuantity(Math.trunc(bytes), 'BinarySI');

function usageTexts({ cpuNanoCores, memoryBytes }: Usage): Readonly<Record<string, string>> {
  return { cpu: cpuQuantity(cpuNanoCores).toString(), memory: memoryQuantity(memoryBytes).toString() };
}

function tableOf(items: readonly MetricsObject[]): object {
  const names = ['cpu', 'memory'];
  const column = (name: string, format: string, description = '') => ({
    name,
    type: 'string',
    format,
    description,
    priority: 0,
  });
  const columns = [
    column('Name', 'name', 'Name of the resource'),
    ...names.map((name) => column(name, 'quantity')),
    column('Window', 'duration'),
  ];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: {},
    columnDefinitions: items.length === 0 ? null : columns,
    rows: items.map((item) => {
      const usages = item.usage ? [item.usage] : (item.containers ?? []).map(({ usage }) => usage);
      const total = (name: string) =>
        usages
          .map((usage) => parseQuantity(usage[name] ?? '0'))
          .reduce((a, b) => a.add(b))
          .toString();
      const { name } = item.metadata as { readonly name: string };
      return {
        cells: [name, ...names.map(total), item.window],
        object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: item.metadata },
      };
    }),
  };
}

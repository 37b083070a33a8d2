/**
 * metrics-server's container: asks every kubelet again and again what it uses, and serves `metrics.k8s.io` over TLS, where the API
 * server's aggregation finds it. It reaches the API with its service account's token, like every program.
 *
 * Upstream: kubernetes-sigs/metrics-server (v0.8)
 */
import { StatusError } from '../../../apimachinery/status-error.ts';
import { TimeoutError } from '../../../process/combinators.ts';
import { currentDriver, type Process, suspend } from '../../../process/process.ts';
import { fork } from '../../../process/task.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { HttpError } from '../../../shell/http.ts';
import { httpRequest } from '../../../shell/http-client.ts';
import { serveHttp } from '../../../shell/http-server.ts';
import { NetworkError } from '../../../shell/network-stack.ts';
import { runService } from '../../../shell/service.ts';
import { writeText } from '../../../shell/streams.ts';
import { decode } from '../../../shell/text.ts';
import { TlsError } from '../../../shell/tls.ts';
import { distrolessBase } from './bases.ts';
import { goDialError, klogLine, parseGoDuration, parseGoFlags } from './go-program.ts';
import type { ImageDefinition } from './image.ts';
import { MetricsApi, type Named } from './metrics-api.ts';
import { type MetricsBatch, MetricsStorage, parseResourceMetrics } from './metrics-storage.ts';

const tokenFile = '/var/run/secrets/kubernetes.io/serviceaccount/token';
const certificate = '-----BEGIN CERTIFICATE-----\nmetrics-server\n-----END CERTIFICATE-----\n';
const metadataList = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const metadataObject = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const requestTimeoutMs = 10_000;

interface NodeAddress {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

class MetricsServer {
  readonly #context: ProgramContext;
  readonly #storage: MetricsStorage;
  readonly #resolutionMs: number;

  constructor(context: ProgramContext, resolutionMs: number) {
    this.#context = context;
    this.#resolutionMs = resolutionMs;
    this.#storage = new MetricsStorage(resolutionMs);
  }

  api(): MetricsApi {
    const lister = {
      list: (path: string) => this.#listNames(path),
      get: (path: string) => this.#ask<Named>(path, metadataObject),
    };
    return new MetricsApi(this.#storage, lister, () => this.#context.now());
  }

  *#listNames(path: string): Process<readonly Named[]> {
    // An empty list of metadata has no items at all.
    const { items } = yield* this.#ask<{ readonly items: readonly Named[] | null }>(path, metadataList);
    return items ?? [];
  }

  /** Asks all kubelets, side by side, once every round. */
  *scrape(): Process<void> {
    for (;;) {
      const batches = new Map<string, MetricsBatch>();
      const startedAt = this.#context.now();
      try {
        const tasks = [];
        for (const node of yield* this.#nodes()) tasks.push(yield* fork(this.#scrapeNode(node, batches), 'scrape'));
        for (const task of tasks) yield* task.join();
        this.#storage.store(batches);
      } catch (error) {
        if (!isExpected(error)) throw error;
        yield* this.#log(
          'E',
          'server.go:140',
          `"Failed to list nodes" err=${JSON.stringify((error as Error).message)}`,
        );
      }
      yield* rest(Math.max(1, this.#resolutionMs - (this.#context.now() - startedAt)));
    }
  }

  *#scrapeNode({ name, address, port }: NodeAddress, batches: Map<string, MetricsBatch>): Process<void> {
    const where = `${address}:${port}`;
    try {
      const text = yield* this.#request(`https://${where}/metrics/resource`, {});
      batches.set(name, parseResourceMetrics(text, this.#context.now()));
    } catch (error) {
      if (!isExpected(error)) throw error;
      const why =
        error instanceof NetworkError ? goDialError(error, where) : error instanceof Error ? error.message : '';
      const problem = `Get \\"https://${where}/metrics/resource\\": ${why}`;
      yield* this.#log('E', 'scraper.go:149', `"Failed to scrape node" err="${problem}" node="${name}"`);
    }
  }

  *#nodes(): Process<readonly NodeAddress[]> {
    interface Node {
      readonly metadata: { readonly name: string };
      readonly status?: {
        readonly addresses?: readonly { readonly type: string; readonly address: string }[];
        readonly daemonEndpoints?: { readonly kubeletEndpoint?: { readonly Port: number } };
      };
    }
    const { items } = yield* this.#ask<{ readonly items: readonly Node[] }>('/api/v1/nodes', 'application/json');
    return items.flatMap(({ metadata, status }) => {
      const address = status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
      const port = status?.daemonEndpoints?.kubeletEndpoint?.Port ?? 10250;
      return address === undefined ? [] : [{ name: metadata.name, address, port }];
    });
  }

  /** @throws StatusError */
  *#ask<T>(path: string, accept: string): Process<T> {
    const { env } = this.#context;
    const host = env.get('KUBERNETES_SERVICE_HOST') ?? 'kubernetes.default.svc';
    const port = env.get('KUBERNETES_SERVICE_PORT') ?? '443';
    return JSON.parse(yield* this.#request(`https://${host}:${port}${path}`, { Accept: accept })) as T;
  }

  /** The body of a good answer. @throws StatusError for others, and what the network throws */
  *#request(url: string, headers: Readonly<Record<string, string>>): Process<string> {
    const { network, fs } = this.#context;
    if (!network) throw new NetworkError('ENETUNREACH', 'no network');
    const token = fs.exists(tokenFile) ? decode(fs.readFile(tokenFile)).trim() : '';
    const result = yield* httpRequest(network, {
      url,
      headers: { ...headers, ...(token === '' ? {} : { Authorization: `Bearer ${token}` }) },
      timeoutMs: requestTimeoutMs,
    });
    const body = decode(result.body);
    if (result.status === 200) return body;
    throw StatusError.fromAnswer(result.status, bodyOf(body));
  }

  #log(level: 'I' | 'E', place: string, text: string): Process<void> {
    return writeText(this.#context.stderr, klogLine(this.#context.now(), level, place, text));
  }
}

/** A Status is read as what it is. */
const bodyOf = (text: string): unknown => (text.startsWith('{') ? (JSON.parse(text) as unknown) : text);

const isExpected = (error: unknown): boolean =>
  [NetworkError, HttpError, TlsError, TimeoutError, StatusError, SyntaxError].some((kind) => error instanceof kind);

/** Sleeps as housekeeping: a cluster in which only this goes on is idle. */
function* rest(ms: number): Process<void> {
  const driver = yield* currentDriver();
  yield* suspend<void>((resume) => driver.setTimer(ms, () => resume(), { background: true }));
}

function* metricsServer(context: ProgramContext): Process<number> {
  const { network } = context;
  if (!network) return 1;
  const { values } = parseGoFlags(
    context.argv.slice(1),
    new Set(['kubelet-insecure-tls', 'kubelet-use-node-status-port']),
  );
  const port = Number(values.get('secure-port') ?? 443);
  const resolutionMs = parseGoDuration(values.get('metric-resolution') ?? '60s') ?? 60_000;
  if (resolutionMs < 10_000) {
    yield* writeText(
      context.stderr,
      `metric-resolution should be a time duration at least 10s, but value ${values.get('metric-resolution')} provided\n`,
    );
    return 1;
  }
  context.use?.({ cpuMilli: 3, memoryBytes: 18 * 1024 * 1024 });
  yield* writeText(
    context.stderr,
    klogLine(context.now(), 'I', 'secure_serving.go:211', `Serving securely on [::]:${port}`),
  );
  const server = new MetricsServer(context, resolutionMs);
  const api = server.api();
  return yield* runService(context, {
    parts: [serveHttp({ network, port, certificate, handler: (request) => api.handle(request) }), server.scrape()],
  });
}

export const metricsServerImage: ImageDefinition = {
  matches: ['*/metrics-server/metrics-server', '*/metrics-server'],
  programs: { 'metrics-server': metricsServer },
  build: () => ({
    entrypoint: ['/metrics-server'],
    user: '65534',
    layers: [
      ...distrolessBase,
      {
        '/metrics-server': { program: 'metrics-server' },
        '/usr/local/bin/metrics-server': { program: 'metrics-server' },
      },
    ],
    sizeBytes: 20_500_000,
  }),
};

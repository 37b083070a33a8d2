/**
 * What one node's kube-proxy answers over HTTP: its own health (port 10256), its mode (port 10249, for the node itself), and for each load
 * balancer that wants local endpoints the port by which it learns whether the node has one.
 *
 * Upstream: pkg/proxy/healthcheck/{proxy_health,service_health}.go, cmd/kube-proxy/app/server.go serveMetrics (v1.36)
 */
import type * as corev1 from '../../api/core/v1.ts';
import type { Process } from '../../process/process.ts';
import type { Task } from '../../process/task.ts';
import type { HttpRequest, HttpResponse } from '../../shell/http.ts';
import { serveHttp } from '../../shell/http-server.ts';
import { NetworkError, type NetworkStack } from '../../shell/network-stack.ts';
import type { Sim } from '../sim/sim.ts';
import type { ServicePortRule } from './service-rules.ts';

const healthzPort = 10256;
const statusPort = 10249;
const toBeDeletedTaint = 'ToBeDeletedByClusterAutoscaler';
const json = { 'Content-Type': 'application/json', 'X-Content-Type-Options': 'nosniff' };
const plain = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };
const notFound: HttpResponse = { status: 404, headers: plain, body: '404 page not found\n' };

interface HealthCheck {
  readonly port: number;
  readonly task: Task<void>;
  localEndpoints: number;
}

export interface ProxyServersOptions {
  readonly sim: Sim;
  readonly nodeName: string;
  /** The node's own. */
  readonly stack: NetworkStack;
  /** As the watch has it. */
  readonly node: () => corev1.Node | undefined;
}

/** The servers of one node, from its start until they are closed. */
export class ProxyServers {
  readonly #options: ProxyServersOptions;
  readonly #own: readonly Task<void>[];
  readonly #checks = new Map<string, HealthCheck>();
  #updatedAtMs: number;

  constructor(options: ProxyServersOptions) {
    this.#options = options;
    this.#updatedAtMs = options.sim.now();
    this.#own = [
      this.#serve(healthzPort, (request) => this.#health(request)),
      this.#serve(statusPort, status, '127.0.0.1'),
    ];
  }

  close(): void {
    for (const task of this.#own) task.kill('kube-proxy stopped');
    for (const key of [...this.#checks.keys()]) this.#stop(key);
  }

  /** The rules of a Service have been programmed. */
  programmed(serviceKey: string, rules: readonly ServicePortRule[]): void {
    this.#updatedAtMs = this.#options.sim.now();
    const port = rules[0]?.healthCheckNodePort ?? 0;
    const before = this.#checks.get(serviceKey);
    if (before && before.port !== port) this.#stop(serviceKey);
    if (port === 0) return;
    const check = this.#checks.get(serviceKey) ?? this.#start(serviceKey, port);
    check.localEndpoints = localReadyEndpoints(rules, this.#options.nodeName);
  }

  #start(serviceKey: string, port: number): HealthCheck {
    const check: HealthCheck = {
      port,
      localEndpoints: 0,
      task: this.#serve(port, () => serviceHealth(serviceKey, check.localEndpoints)),
    };
    this.#checks.set(serviceKey, check);
    return check;
  }
  #stop(serviceKey: string): void {
    this.#checks.get(serviceKey)?.task.kill('health check closed');
    this.#checks.delete(serviceKey);
  }

  #serve(port: number, answer: (request: HttpRequest) => HttpResponse, ip?: string): Task<void> {
    const { sim, stack } = this.#options;
    const server = serveHttp({
      network: stack,
      port,
      ...(ip === undefined ? {} : { ip }),
      *handler(request) {
        return answer(request);
      },
    });
    return sim.spawn(unlessTaken(server), 'kube-proxy');
  }

  #health({ path }: HttpRequest): HttpResponse {
    if (path !== '/healthz' && path !== '/livez') return notFound;
    const currentTime = new Date(this.#options.sim.now()).toISOString();
    const lastUpdated = new Date(this.#updatedAtMs).toISOString();
    const nodeEligible = isEligible(this.#options.node());
    const healthy = path === '/livez' || nodeEligible;
    const body = {
      lastUpdated: path === '/healthz' && healthy ? currentTime : lastUpdated,
      currentTime,
      ...(path === '/healthz' ? { nodeEligible } : {}),
      healthy: true,
      status: { IPv4: { lastUpdated, healthy: true } },
    };
    return { status: healthy ? 200 : 503, headers: json, body: JSON.stringify(body) };
  }
}

/** Somebody else may hold the port: then there is no such server. */
function* unlessTaken(server: Process<void>): Process<void> {
  try {
    yield* server;
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
  }
}

function status({ path }: HttpRequest): HttpResponse {
  if (path === '/proxyMode') return { status: 200, headers: plain, body: 'iptables' };
  return path === '/healthz' ? { status: 200, headers: plain, body: 'ok' } : notFound;
}

function serviceHealth(serviceKey: string, count: number): HttpResponse {
  const [namespace, name] = serviceKey.split('/').map((part) => JSON.stringify(part));
  const body = `{
	"service": {
		"namespace": ${namespace},
		"name": ${name}
	},
	"localEndpoints": ${count},
	"serviceProxyHealthy": true
}`;
  const headers = { ...json, 'X-Load-Balancing-Endpoint-Weight': String(count) };
  return { status: count > 0 ? 200 : 503, headers, body };
}

/** How many pods of the node are ready for a Service. Upstream: pkg/proxy/endpointschangetracker.go LocalReadyEndpoints (v1.36) */
export function localReadyEndpoints(rules: readonly ServicePortRule[], nodeName: string): number {
  const local = rules.flatMap(({ endpoints }) =>
    endpoints.filter((endpoint) => endpoint.ready && endpoint.nodeName === nodeName),
  );
  return new Set(local.map(({ ip }) => ip)).size;
}

/** Upstream: pkg/proxy/healthcheck/proxy_health.go NodeEligible (v1.36) */
function isEligible(node: corev1.Node | undefined): boolean {
  if (!node || node.metadata.deletionTimestamp !== undefined) return false;
  return !(node.spec?.taints ?? []).some(({ key }) => key === toBeDeletedTaint);
}

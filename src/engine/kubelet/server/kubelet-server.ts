/**
 * The kubelet's own HTTP interface, as the API server uses it: logs, exec, attach, port-forward, pods, stats.
 *
 * Upstream: pkg/kubelet/server/server.go (v1.36)
 */
import type * as corev1 from '../../../api/core/v1.ts';
import type { Process } from '../../../process/process.ts';
import type { ApiRequest, Exchange } from '../../../protocol/rest.ts';
import type { Kubelet } from '../kubelet.ts';
import { getContainerSpec } from '../kubelet-host.ts';
import { LogError, logOptions, serveLog, validateContainerLogStatus } from './container-logs.ts';
import { kubeletMetrics } from './kubelet-metrics.ts';
import { serveNodeLogs } from './node-logs.ts';
import { servePortForward } from './port-forward.ts';
import { refuseStream, remoteCommandOptions, serveAttach, serveExec } from './remote-command.ts';
import { resourceMetrics } from './resource-metrics.ts';
import { nodeStats, statsSummary } from './stats.ts';

interface Route {
  readonly request: ApiRequest;
  readonly exchange: Exchange;
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}

export class KubeletServer {
  readonly #kubelet: Kubelet;
  readonly #startedAtMs: number;

  constructor(kubelet: Kubelet) {
    this.#kubelet = kubelet;
    this.#startedAtMs = kubelet.host.sim.now();
  }

  /** Answers one request. */
  handle(request: ApiRequest, exchange: Exchange): void {
    const [path = '', query = ''] = request.path.split('?');
    const [head = '', ...parts] = path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
    const route: Route = { request, exchange, parts, query: new URLSearchParams(query) };
    switch (head) {
      case 'containerLogs':
        return this.#logs(route);
      case 'exec':
        return this.#exec(route);
      case 'attach':
        return this.#attach(route);
      case 'portForward':
        return this.#portForward(route);
      case 'healthz':
        return answer(exchange, 200, 'ok');
      case 'pods':
      case 'runningpods':
        return json(exchange, { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: this.#kubelet.pods() });
      case 'stats':
        return json(exchange, statsSummary(this.#kubelet.host, this.#startedAtMs));
      case 'metrics':
        return this.#metrics(route);
      case 'logs':
        return serveNodeLogs(this.#kubelet.disk, parts, path.endsWith('/'), exchange);
      case 'configz':
        return json(exchange, { kubeletconfig: {} });
      default:
        return answer(exchange, 404, '404 page not found\n');
    }
  }

  #metrics({ exchange, parts }: Route): void {
    const { host, status } = this.#kubelet;
    if (parts.length === 0)
      return answer(exchange, 200, kubeletMetrics(host.nodeName, host.runtime, status.terminations.all));
    if (parts[0] !== 'resource') return answer(exchange, 404, '404 page not found\n');
    return answer(exchange, 200, resourceMetrics(nodeStats(host, this.#startedAtMs)));
  }

  #logs({ exchange, parts, query }: Route): void {
    const [namespace = '', podName = '', containerName = ''] = parts;
    const { host, status } = this.#kubelet;
    const pod = this.#kubelet.getPodByName(namespace, podName);
    if (!pod) return answer(exchange, 404, `pod ${JSON.stringify(podName)} does not exist\n`);
    if (!getContainerSpec(pod, containerName))
      return answer(
        exchange,
        404,
        `container ${JSON.stringify(containerName)} not found in pod ${JSON.stringify(podName)}\n`,
      );
    try {
      const known = status.get(pod.metadata.uid ?? '') ?? pod.status ?? {};
      const previous = query.get('previous') === 'true';
      const id = validateContainerLogStatus(podName, known, containerName, previous);
      this.#run(serveLog(host.runtime, id, logOptions(query, host.sim.now()), exchange));
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      answer(exchange, 400, error.message);
    }
  }

  #exec(route: Route): void {
    const containerId = this.#runningContainer(route);
    if (containerId === undefined) return;
    const { request, exchange, query } = route;
    const options = remoteCommandOptions(query);
    const remote = { runtime: this.#kubelet.host.runtime, containerId, request, exchange, options };
    this.#run(serveExec(query.getAll('command'), remote));
  }

  #attach(route: Route): void {
    const containerId = this.#runningContainer(route);
    if (containerId === undefined) return;
    const { request, exchange, query } = route;
    const options = remoteCommandOptions(query);
    this.#run(serveAttach({ runtime: this.#kubelet.host.runtime, containerId, request, exchange, options }));
  }

  #portForward({ request, exchange, parts, query }: Route): void {
    const [namespace = '', podName = ''] = parts;
    const { runtime } = this.#kubelet.host;
    const pod = this.#kubelet.getPodByName(namespace, podName);
    if (!pod) return answer(exchange, 404, 'pod does not exist');
    const podUid = pod.metadata.uid ?? '';
    const sandbox = runtime.listPodSandboxes(podUid).find(({ state }) => state === 'ready');
    if (!sandbox) return answer(exchange, 500, `failed to find sandbox for pod ${JSON.stringify(podName)}`);
    const ports = [...query.getAll('ports'), ...query.getAll('port')].flatMap((text) => text.split(',')).map(Number);
    this.#run(servePortForward({ runtime, sandboxId: sandbox.id, podUid, ports, request, exchange }));
  }

  /** The runtime's id of a container that runs; answers the request when there is none. */
  #runningContainer({ request, exchange, parts }: Route): string | undefined {
    const [namespace = '', podName = '', ...rest] = parts;
    const containerName = rest.at(-1) ?? '';
    const pod: corev1.Pod | undefined = this.#kubelet.getPodByName(namespace, podName);
    if (!pod) {
      refuseStream(exchange, request, 'pod does not exist');
      return undefined;
    }
    const containers = this.#kubelet.host.runtime.listContainers(pod.metadata.uid ?? '');
    const running = containers.find(({ name, state }) => name === containerName && state === 'running');
    if (running) return running.id;
    refuseStream(exchange, request, `container not found (${JSON.stringify(containerName)})`);
    return undefined;
  }

  #run(process: Process<void>): void {
    this.#kubelet.host.sim.spawn(process, 'kubelet request');
  }
}

function answer(exchange: Exchange, status: number, text: string): void {
  exchange.head({ status, headers: { 'content-type': 'text/plain; charset=utf-8' } });
  exchange.frame(text);
  exchange.end();
}

function json(exchange: Exchange, body: object): void {
  exchange.head({ status: 200, headers: { 'content-type': 'application/json' } });
  exchange.frame(body);
  exchange.end();
}

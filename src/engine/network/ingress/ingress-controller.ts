/**
 * A built-in Ingress controller, as ingress-nginx behind a load balancer: serves the Ingresses of its class on one address.
 *
 * Reads Ingresses, their classes and, through the network, Services; writes its IngressClass, the Ingresses' status and events. Started
 * by the composition root in clusters with real nodes.
 */
import type * as networkingv1 from '../../../api/networking/v1.ts';
import { ingressClasses, ingresses } from '../../../api/resources.ts';
import { metaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import { isAlreadyExists, isNotFound } from '../../../apimachinery/status-error.ts';
import type { EventRecorder } from '../../../client/event-recorder.ts';
import { TimeoutError } from '../../../process/combinators.ts';
import { type Process, sleep } from '../../../process/process.ts';
import type { Task } from '../../../process/task.ts';
import { type HttpRequest, type HttpResponse, statusTexts } from '../../../shell/http.ts';
import { httpRequest } from '../../../shell/http-client.ts';
import { serveHttp } from '../../../shell/http-server.ts';
import { NetworkError, type NetworkStack } from '../../../shell/network-stack.ts';
import type { ComponentContext } from '../../component.ts';
import type { Network } from '../network.ts';
import { ingressAddress } from '../../../shell/well-known-addresses.ts';
import { matchIngress, requiresTls } from './ingress-rules.ts';

const controllerName = 'k8s.io/ingress-nginx';
const className = 'nginx';
const fakeCertificate =
  '-----BEGIN CERTIFICATE-----\nKubernetes Ingress Controller Fake Certificate\n-----END CERTIFICATE-----\n';
const connectTimeoutMs = 5_000;
const readTimeoutMs = 60_000;
/** From a new Ingress to its address in its status. */
const statusDelayMs = 4_000;

export function startIngressController(context: ComponentContext, network: Network): () => void {
  const controller = new IngressController(context, network);
  return () => controller.stop();
}

class IngressController {
  readonly #context: ComponentContext;
  readonly #network: Network;
  readonly #stack: NetworkStack;
  readonly #recorder: EventRecorder;
  readonly #ingresses;
  readonly #classes;
  readonly #seen = new Map<string, number>();
  readonly #tasks: Set<Task<void>>;
  readonly #removeHandler: () => void;

  constructor(context: ComponentContext, network: Network) {
    const { sim, informers } = context;
    this.#context = context;
    this.#network = network;
    this.#stack = network.attachAppliance('ingress', ingressAddress);
    this.#recorder = context.recorder('nginx-ingress-controller');
    this.#ingresses = informers.informer(ingresses);
    this.#classes = informers.informer(ingressClasses).store;
    const serve = (port: number, certificate?: string) =>
      serveHttp({
        network: this.#stack,
        port,
        handler: (request) => this.#answer(request),
        onError: (error) => this.#report(error),
        ...(certificate === undefined ? {} : { certificate }),
      });
    this.#tasks = new Set([
      sim.spawn(serve(80), 'ingress'),
      sim.spawn(serve(443, fakeCertificate), 'ingress'),
      sim.spawn(this.#createClass(), 'ingress class'),
    ]);
    const changed = (ingress: networkingv1.Ingress) => this.#changed(ingress);
    this.#removeHandler = this.#ingresses.addEventHandler({
      add: changed,
      update: (_, ingress) => changed(ingress),
      delete: (ingress) => void this.#seen.delete(ingress.metadata.uid ?? ''),
    });
  }

  stop(): void {
    this.#removeHandler();
    for (const task of this.#tasks) task.kill('ingress stopped');
  }

  *#report(error: unknown): Process<void> {
    this.#context.report(error, 'ingress');
    yield* sleep(0);
  }
  *#createClass(): Process<void> {
    try {
      yield* this.#context.client.resource(ingressClasses).create({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'IngressClass',
        metadata: {
          name: className,
          annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' },
          labels: { 'app.kubernetes.io/component': 'controller', 'app.kubernetes.io/name': 'ingress-nginx' },
        },
        spec: { controller: controllerName },
      });
    } catch (error) {
      if (!isAlreadyExists(error)) this.#context.report(error, 'creating the ingress class');
    }
  }

  #isOurs({ spec, metadata }: networkingv1.Ingress): boolean {
    const name = spec?.ingressClassName ?? metadata.annotations?.['kubernetes.io/ingress.class'];
    if (name === undefined) return false;
    return this.#classes.get(name)?.spec?.controller === controllerName || name === className;
  }
  #ours(): networkingv1.Ingress[] {
    return this.#ingresses.store.list().filter((ingress) => this.#isOurs(ingress));
  }
  /** Tells of each new generation, and writes the address once. */
  #changed(ingress: networkingv1.Ingress): void {
    const { uid = '', generation = 0 } = ingress.metadata;
    if (!this.#isOurs(ingress) || this.#seen.get(uid) === generation) return;
    this.#seen.set(uid, generation);
    const reference = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: ingress.metadata };
    this.#recorder.event(reference, 'Normal', 'Sync', 'Scheduled for sync');
    if (!ingress.status?.loadBalancer?.ingress?.length) {
      const task = this.#context.sim.spawn(this.#writeStatus(metaNamespaceKey(ingress)), 'ingress status');
      this.#tasks.add(task);
      task.onSettled(() => void this.#tasks.delete(task));
    }
  }
  *#writeStatus(key: string): Process<void> {
    yield* sleep(statusDelayMs);
    const ingress = this.#ingresses.store.get(key);
    if (!ingress) return;
    const { name = '', namespace } = ingress.metadata;
    const status = { loadBalancer: { ingress: [{ ip: ingressAddress }] } };
    try {
      yield* this.#context.client
        .resource(ingresses, namespace)
        .patch(name, 'merge', { status }, { subresource: 'status' });
    } catch (error) {
      if (!isNotFound(error)) this.#context.report(error, `writing the address of ingress ${key}`);
    }
  }

  *#answer(request: HttpRequest): Process<HttpResponse> {
    const host = request.headers.get('host') ?? '';
    const match = matchIngress(this.#ours(), host, request.path);
    if (!match) return errorPage(404);
    if (!request.tls && requiresTls(match.ingress, host)) {
      return { ...errorPage(308), headers: { Location: `https://${host}${request.target}` } };
    }
    const { service } = match.backend;
    const namespace = match.ingress.metadata.namespace ?? '';
    const port = service?.port?.number ?? service?.port?.name ?? '';
    const endpoint = service && this.#network.dialService(namespace, service.name, port);
    if (!endpoint) return errorPage(503);
    const query = request.target.includes('?') ? request.target.slice(request.target.indexOf('?')) : '';
    return yield* this.#forward(request, `http://${endpoint.ip}:${endpoint.port}${match.path}${query}`);
  }
  *#forward(request: HttpRequest, url: string): Process<HttpResponse> {
    const scheme = request.tls ? 'https' : 'http';
    const headers: Record<string, string> = Object.fromEntries(request.headers.entries());
    const host = request.headers.get('host') ?? '';
    Object.assign(headers, {
      'X-Real-IP': request.remote.ip,
      'X-Forwarded-For': request.remote.ip,
      'X-Forwarded-Host': host,
      'X-Forwarded-Port': request.tls ? '443' : '80',
      'X-Forwarded-Proto': scheme,
      'X-Scheme': scheme,
      Connection: 'close',
    });
    try {
      const result = yield* httpRequest(this.#stack, {
        url,
        method: request.method,
        headers,
        connectTimeoutMs,
        timeoutMs: readTimeoutMs,
        ...(request.body.length > 0 ? { body: request.body } : {}),
      });
      const kept = [...result.headers.entries()].filter(([name]) => !hopByHop.has(name.toLowerCase()));
      return { status: result.status, headers: Object.fromEntries(kept), body: result.body };
    } catch (error) {
      const isLate = error instanceof TimeoutError || (error instanceof NetworkError && error.code === 'ETIMEDOUT');
      return errorPage(isLate ? 504 : 502);
    }
  }
}

/** Headers that are about one connection only. */
const hopByHop: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);

const titles: Readonly<Record<number, string>> = {
  308: 'Permanent Redirect',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

/** What nginx itself answers. */
function errorPage(status: number): HttpResponse {
  const title = `${status} ${titles[status] ?? statusTexts[status] ?? ''}`;
  const body = [
    `<html>`,
    `<head><title>${title}</title></head>`,
    `<body>`,
    `<center><h1>${title}</h1></center>`,
    `<hr><center>nginx</center>`,
    `</body>`,
    `</html>`,
    ``,
  ].join('\r\n');
  return { status, headers: { 'Content-Type': 'text/html' }, body };
}

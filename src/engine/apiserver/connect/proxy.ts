/** The proxy subresources of pods, services and nodes. Upstream: pkg/registry/core/{pod,service,node}/rest (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import type * as discoveryv1 from '../../../api/discovery/v1.ts';
import { newBadRequest, newNotFound, newServiceUnavailable } from '../../../apimachinery/status-error.ts';
import type { Process } from '../../../process/process.ts';
import type { OutwardTarget } from '../outward.ts';
import { forwardedHeaders } from './forwarded-headers.ts';
import { checkKubeletAddress } from './kubelet-address.ts';
import { type AnswerHead, relay, RelayError, upgradeHeaders } from './relay.ts';
import { type ProxiedPlace, rewriteHtml, rewriteUrl } from './rewrite-links.ts';
import type { Subresource } from '../registry/resource-definition.ts';
import type { SubresourceRequest } from '../registry/subresource-request.ts';

/** The empty one is that of OPTIONS. */
const verbs = ['', 'create', 'delete', 'get', 'patch', 'update'];

interface Id {
  readonly scheme: string;
  readonly name: string;
  readonly port: string;
}

/** `name`, `name:port` or `scheme:name:port`. Upstream: apimachinery/pkg/util/net SplitSchemeNamePort */
function splitSchemeNamePort(id: string): Id | undefined {
  const parts = id.split(':');
  const [first = '', second = '', third = ''] = parts;
  if (parts.length === 1) return first ? { scheme: '', name: first, port: '' } : undefined;
  if (parts.length === 2) return first ? { scheme: '', name: first, port: second } : undefined;
  return parts.length === 3 && second && (first === 'http' || first === 'https' || first === '')
    ? { scheme: first, name: second, port: third }
    : undefined;
}

interface ProxiedPath {
  /** The path of the proxy itself. */
  readonly prefix: string;
  /** What follows it; empty when there is not even a slash. */
  readonly rest: string;
  /** The query as it came, with its mark. */
  readonly query: string;
}

function proxiedPath({ context }: SubresourceRequest, resource: string): ProxiedPath {
  const { path } = context.request;
  const mark = `/${resource}/`;
  const start = path.indexOf(mark) + mark.length;
  const match = /^([^/?]+\/proxy)(\/[^?]*)?(\?.*)?$/.exec(path.slice(start));
  return { prefix: path.slice(0, start) + (match?.[1] ?? ''), rest: match?.[2] ?? '', query: match?.[3] ?? '' };
}

/** A server's root is asked for with a slash. Upstream: apimachinery/pkg/util/proxy/upgradeaware.go proxyRedirectsforRootPath */
function redirectsRoot({ context, exchange }: SubresourceRequest, { prefix, rest, query }: ProxiedPath): boolean {
  const { method } = context.request;
  if (rest !== '' || (method !== 'GET' && method !== 'HEAD')) return false;
  exchange.head({ status: 301, headers: { location: `${prefix}/${query}` } });
  exchange.end();
  return true;
}

function* relayThrough(
  request: SubresourceRequest,
  target: OutwardTarget,
  host: string,
  resource: string,
): Process<void> {
  const { services, exchange, context } = request;
  const { serviceResolver } = services;
  const asked = proxiedPath(request, resource);
  if (redirectsRoot(request, asked)) return;
  if (!serviceResolver) throw newServiceUnavailable('no network to proxy through');
  const headers = {
    ...forwardedHeaders(context.request.headers),
    ...upgradeHeaders(context.request.headers),
    'x-forwarded-uri': `${asked.prefix}${asked.rest}`,
  };
  const path = `${asked.rest || '/'}${asked.query}`;
  const place = { host, prefix: asked.prefix };
  try {
    yield* relay(serviceResolver, exchange, {
      target,
      request: { ...context.request, path, headers },
      head: (head) => throughProxy(head, place),
      rewrite: (head) => (isPage(head) ? (text) => rewriteHtml(text, place) : undefined),
    });
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    throw newServiceUnavailable(`error trying to reach service: ${error.message}`);
  }
}

function throughProxy({ status, headers: answered }: AnswerHead, place: ProxiedPlace): AnswerHead {
  const kept = Object.entries(forwardedHeaders(answered));
  const headers = Object.fromEntries(kept.filter(([name]) => !name.startsWith('access-control-allow-')));
  const { location } = headers;
  return { status, headers: location ? { ...headers, location: rewriteUrl(location, place) } : headers };
}

/** Links of pages are rewritten, but not where they lead elsewhere anyway, nor in what is packed. */
function isPage({ headers }: AnswerHead): boolean {
  const { location, 'content-type': type = '', 'content-encoding': encoding } = headers;
  return !location && !encoding && type.split(';', 1)[0]?.trim() === 'text/html';
}

/** Whoever answers is believed: the proxy only passes on. */
const believing = (scheme: string, serverName: string) =>
  scheme === 'https' ? { tls: { serverName, insecure: true } } : {};

function* proxyPod(request: SubresourceRequest): Process<void> {
  const id = splitSchemeNamePort(request.name);
  if (!id) throw newBadRequest(`invalid pod request ${JSON.stringify(request.name)}`);
  const { namespace } = request.context.info;
  const pod = request.store.entry(namespace, id.name)?.value as corev1.Pod | undefined;
  if (!pod) throw newNotFound({ group: '', resource: 'pods' }, id.name);
  const ip = pod.status?.podIP;
  if (!ip) throw newBadRequest('address not allowed');
  const declared = (pod.spec?.containers ?? []).find((container) => (container.ports ?? []).length > 0)?.ports?.[0]
    ?.containerPort;
  const port = Number(id.port || declared || (id.scheme === 'https' ? 443 : 80));
  const target = { kind: 'pod' as const, namespace, name: id.name, ip, port, ...believing(id.scheme, ip) };
  yield* relayThrough(request, target, `${ip}:${port}`, 'pods');
}

function* proxyService(request: SubresourceRequest): Process<void> {
  const id = splitSchemeNamePort(request.name);
  if (!id) throw newBadRequest(`invalid service request ${JSON.stringify(request.name)}`);
  const { namespace } = request.context.info;
  const service = request.store.entry(namespace, id.name)?.value as corev1.Service | undefined;
  if (!service) throw newNotFound({ group: '', resource: 'services' }, id.name);
  const ports = service.spec?.ports ?? [];
  const numbered = /^\d+$/.test(id.port) ? Number(id.port) : undefined;
  const port =
    numbered === undefined
      ? ports.find((one) => (one.name ?? '') === id.port)
      : ports.find((one) => one.port === numbered);
  if (numbered !== undefined && !port)
    throw newServiceUnavailable(`no service port ${numbered} found for service ${JSON.stringify(id.name)}`);
  const { objects } = request.services;
  const slices = objects.list<discoveryv1.EndpointSlice>('discovery.k8s.io', 'endpointslices', namespace);
  const reachable = slices.some(
    (slice) =>
      slice.metadata.labels?.['kubernetes.io/service-name'] === id.name &&
      (slice.endpoints ?? []).some((endpoint) => endpoint.conditions?.ready !== false),
  );
  if (!port || !reachable)
    throw newServiceUnavailable(`no endpoints available for service ${JSON.stringify(request.name)}`);
  const serverName = `${id.name}.${namespace}.svc`;
  const target = {
    kind: 'service' as const,
    namespace,
    name: id.name,
    port: port.port,
    ...believing(id.scheme, serverName),
  };
  yield* relayThrough(request, target, `${serverName}:${port.port}`, 'services');
}

function* proxyNode(request: SubresourceRequest): Process<void> {
  const [name = ''] = request.name.split(':');
  checkKubeletAddress(request.services.objects, name, 'nodes');
  const asked = proxiedPath(request, 'nodes');
  if (redirectsRoot(request, asked)) return;
  const path = `${asked.rest || '/'}${asked.query}`;
  const sent =
    request.services.nodeProxy?.handle(name, { ...request.context.request, path }, request.exchange) ?? false;
  if (!sent)
    throw newServiceUnavailable(`error trying to reach service: dial tcp ${name}:10250: connect: no route to host`);
}

export const podProxy: Subresource = { name: 'proxy', kind: 'PodProxyOptions', verbs, hasPath: true, handle: proxyPod };
export const serviceProxy: Subresource = {
  name: 'proxy',
  kind: 'ServiceProxyOptions',
  verbs,
  hasPath: true,
  handle: proxyService,
};
export const nodeProxySubresource: Subresource = {
  name: 'proxy',
  kind: 'NodeProxyOptions',
  verbs,
  hasPath: true,
  handle: proxyNode,
};

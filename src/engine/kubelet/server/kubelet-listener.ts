/**
 * The kubelet's port 10250 on its node's own address: what metrics-server and monitoring ask, over TLS and with a token.
 * The API server reaches the kubelet by `NodeProxy`, streams and all; here only plain answers are given.
 *
 * Upstream: pkg/kubelet/server/server.go InstallAuthFilter, auth.go (v1.36)
 */
import type * as authenticationv1 from '../../../api/authentication/v1.ts';
import type * as authorizationv1 from '../../../api/authorization/v1.ts';
import type { Process } from '../../../process/process.ts';
import type { Frame, ResponseHead } from '../../../protocol/rest.ts';
import type { HttpRequest, HttpResponse } from '../../../shell/http.ts';
import { serveHttp } from '../../../shell/http-server.ts';
import type { KubeletHost } from '../kubelet-host.ts';
import type { KubeletServer } from './kubelet-server.ts';

const port = 10250;
const certificate = '-----BEGIN CERTIFICATE-----\nkubelet\n-----END CERTIFICATE-----\n';
/** How long the API server's word on a token or a right is kept. */
const cacheMs = 120_000;

interface Kept<T> {
  readonly untilMs: number;
  readonly value: T;
}
type User = NonNullable<authenticationv1.TokenReviewStatus['user']>;

/** Serves until it is killed. */
export function serveKubelet(host: KubeletHost, server: KubeletServer): Process<void> {
  const guard = new Guard(host);
  return serveHttp({
    network: host.network,
    port,
    certificate,
    *handler(request) {
      return (yield* guard.refuse(request)) ?? answer(server, request);
    },
  });
}

/** Asks the API server who a caller is and what it may do. */
class Guard {
  readonly #host: KubeletHost;
  readonly #users = new Map<string, Kept<User | undefined>>();
  readonly #rights = new Map<string, Kept<boolean>>();

  constructor(host: KubeletHost) {
    this.#host = host;
  }

  /** What is answered to somebody who may not ask this; undefined when all is well. */
  *refuse(request: HttpRequest): Process<HttpResponse | undefined> {
    const token = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
    const user = token === undefined ? undefined : yield* this.#authenticate(token);
    if (!user) return { status: 401, body: 'Unauthorized' };
    const subresources = subresourcesOf(request.path);
    for (const subresource of subresources) if (yield* this.#isAllowed(user, subresource)) return undefined;
    const who = `user=${user.username ?? ''}, verb=get, resource=nodes`;
    return { status: 403, body: `Forbidden (${who}, subresource(s)=[${subresources.join(' ')}])\n` };
  }

  *#authenticate(token: string): Process<User | undefined> {
    const kept = this.#users.get(token);
    if (kept && kept.untilMs > this.#host.sim.now()) return kept.value;
    const review = yield* this.#create<authenticationv1.TokenReview>('authentication.k8s.io/v1', 'TokenReview', {
      token,
    });
    const user = review.status?.authenticated === true ? review.status.user : undefined;
    this.#keep(this.#users, token, user);
    return user;
  }

  *#isAllowed({ username = '', groups = [], uid }: User, subresource: string): Process<boolean> {
    const key = `${username}\n${subresource}`;
    const kept = this.#rights.get(key);
    if (kept && kept.untilMs > this.#host.sim.now()) return kept.value;
    const review = yield* this.#create<authorizationv1.SubjectAccessReview>(
      'authorization.k8s.io/v1',
      'SubjectAccessReview',
      {
        user: username,
        groups,
        ...(uid === undefined ? {} : { uid }),
        resourceAttributes: { verb: 'get', version: 'v1', resource: 'nodes', subresource, name: this.#host.nodeName },
      },
    );
    const allowed = review.status?.allowed === true;
    this.#keep(this.#rights, key, allowed);
    return allowed;
  }

  #create<T>(apiVersion: string, kind: string, spec: object): Process<T> {
    return this.#host.client.json<T>({
      method: 'POST',
      path: `/apis/${apiVersion}/${kind.toLowerCase()}s`,
      headers: { 'content-type': 'application/json' },
      body: { apiVersion, kind, spec },
    });
  }

  #keep<T>(cache: Map<string, Kept<T>>, key: string, value: T): void {
    const now = this.#host.sim.now();
    for (const [old, { untilMs }] of cache) if (untilMs <= now) cache.delete(old);
    cache.set(key, { untilMs: now + cacheMs, value });
  }
}

/** Upstream: GetRequestAttributes (v1.36) */
function subresourcesOf(path: string): readonly string[] {
  const under = (prefix: string) => path === prefix || path.startsWith(`${prefix}/`);
  if (under('/pods') || under('/runningpods')) return ['pods', 'proxy'];
  if (under('/healthz')) return ['healthz', 'proxy'];
  if (under('/configz')) return ['configz', 'proxy'];
  if (under('/stats')) return ['stats'];
  return under('/metrics') ? ['metrics'] : ['proxy'];
}

const plainPaths = new Set(['healthz', 'pods', 'runningpods', 'stats', 'metrics', 'configz']);

function answer(server: KubeletServer, request: HttpRequest): HttpResponse {
  const notFound = { status: 404, body: '404 page not found\n' };
  if (!plainPaths.has(request.path.split('/')[1] ?? '') || request.method !== 'GET') return notFound;
  let head: ResponseHead = { status: 500, headers: {} };
  let body = '';
  server.handle(
    { method: request.method, path: request.target, headers: {} },
    {
      head: (given) => {
        head = given;
      },
      frame: (frame: Frame) => {
        body += typeof frame === 'string' ? frame : JSON.stringify(frame);
      },
      end: () => {},
      onAbort: () => {},
      onData: () => {},
      backlog: 0,
    },
  );
  return { status: head.status, headers: head.headers, body };
}

/**
 * Aggregated APIs: APIServices that name a service. It keeps their condition `Available`, tells discovery of them, and passes requests for
 * their group and version on to the service. Started by the API server; nothing runs while there is no such APIService.
 * Upstream: kube-aggregator/pkg/apiserver, pkg/controllers/status/remote (v1.36)
 */
import type * as apiregistrationv1 from '../../../api/apiregistration/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import type * as discoveryv1 from '../../../api/discovery/v1.ts';
import { errorText } from '../../../apimachinery/error-text.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { quote } from '../../../apimachinery/go-format.ts';
import { TimeoutError, withTimeout } from '../../../process/combinators.ts';
import { type Process, suspend } from '../../../process/process.ts';
import type { Exchange } from '../../../protocol/rest.ts';
import type { StoreWatch } from '../../store/store.ts';
import { replyText } from '../handlers/respond.ts';
import type { OutwardAnswer } from '../outward.ts';
import { applyOwnStatus } from '../own-controllers/apply-status.ts';
import { isAvailable, setAPIServiceCondition } from '../registry/apiregistration/conditions.ts';
import type { RequestContext } from '../request-context.ts';
import type { RemoteVersion } from '../resource-registry.ts';
import type { ServerAccess } from '../server-access.ts';
import { type Availability, checkService, failedDiscovery, passed, serviceUrl } from './availability.ts';
import { authProxyHeaders, proxyRequest, targetOf } from './proxy.ts';
import { resourcesOf } from './remote-discovery.ts';

type Service = apiregistrationv1.APIService;

const group = 'apiregistration.k8s.io';
const resource = 'apiservices';
const ownPrefix = `${group}/${resource}/`;
const watchedPrefixes = ['core/services/', 'discovery.k8s.io/endpointslices/'];
const resyncMs = 30_000;
const firstRetryMs = 5;
const discoveryTimeoutMs = 5000;
const serviceNameLabel = 'kubernetes.io/service-name';

/** What is known of one aggregated version. */
interface Remote {
  object: Service;
  /** As aggregated discovery tells them; undefined until the service has answered. */
  resources: readonly object[] | undefined;
  /** A check is under way. */
  checking: boolean;
  /** Something changed meanwhile. */
  again: boolean;
  failures: number;
  cancelRetry: () => void;
}

/** The APIServices that name a service: their condition, their discovery, their requests. */
export class Aggregator {
  readonly #server: ServerAccess;
  /** By the name of the APIService. */
  readonly #remotes = new Map<string, Remote>();
  #watches: StoreWatch[] = [];
  #ownWatch: StoreWatch | undefined;
  #cancelResync: () => void = () => {};

  constructor(server: ServerAccess) {
    this.#server = server;
  }

  start(): void {
    const { store, resources } = this.#server;
    for (const object of resources.list<Service>(group, resource)) this.#follow(object);
    this.#ownWatch = store.watch(ownPrefix, store.revision, (events) => {
      for (const { type, value } of events) {
        if (type === 'delete') this.#forget(value.metadata.name ?? '');
        else this.#follow(value as Service);
      }
    });
  }

  stop(): void {
    this.#ownWatch?.stop();
    for (const name of [...this.#remotes.keys()]) this.#forget(name);
  }

  /** Serves a request for an aggregated version; gives whether it is one. */
  route(context: RequestContext, exchange: Exchange): boolean {
    if (this.#remotes.size === 0) return false;
    const [, root = '', api = '', version = ''] = context.info.path.split('/');
    const remote = root === 'apis' && version !== '' ? this.#remotes.get(`${version}.${api}`) : undefined;
    const spec = remote?.object.spec;
    if (!remote || !spec) return false;
    if (isAvailable(remote.object)) proxyRequest(this.#server.services, spec, context, exchange);
    else replyText(exchange, 503, 'service unavailable\n');
    return true;
  }

  /** Aggregated versions, for discovery. */
  versions(): readonly RemoteVersion[] {
    return [...this.#remotes.values()].flatMap(({ object, resources }) => {
      const { group: api = '', version = '', groupPriorityMinimum, versionPriority } = object.spec ?? {};
      const priorities = { groupPriority: groupPriorityMinimum ?? 0, versionPriority: versionPriority ?? 0 };
      const isStale = !isAvailable(object);
      return api === '' ? [] : [{ group: api, version, ...priorities, isStale, ...(resources ? { resources } : {}) }];
    });
  }

  #follow(object: Service): void {
    const name = object.metadata.name ?? '';
    if (!object.spec?.service) return this.#forget(name);
    const known = this.#remotes.get(name);
    if (known) {
      const changed = !deepEqual(known.object.spec, object.spec) || !deepEqual(known.object.status, object.status);
      known.object = object;
      if (changed) this.#check(name);
      return;
    }
    const none = { resources: undefined, checking: false, again: false, failures: 0, cancelRetry: () => {} };
    this.#remotes.set(name, { object, ...none });
    if (this.#remotes.size === 1) this.#watchServices();
    this.#check(name);
  }

  #forget(name: string): void {
    this.#remotes.get(name)?.cancelRetry();
    if (!this.#remotes.delete(name) || this.#remotes.size > 0) return;
    this.#cancelResync();
    for (const watch of this.#watches) watch.stop();
    this.#watches = [];
  }

  #watchServices(): void {
    const { store } = this.#server;
    this.#watches = watchedPrefixes.map((prefix) =>
      store.watch(prefix, store.revision, (events) => {
        for (const { value } of events) this.#serviceChanged(value.metadata);
      }),
    );
    this.#resync();
  }

  #resync(): void {
    const again = (): void => {
      for (const name of this.#remotes.keys()) this.#check(name);
      this.#resync();
    };
    this.#cancelResync = this.#server.sim.setTimer(resyncMs, again, { background: true });
  }

  #serviceChanged({ namespace, name, labels }: corev1.Service['metadata']): void {
    for (const [key, { object }] of this.#remotes) {
      const service = object.spec?.service;
      if (service?.namespace !== namespace) continue;
      if (service?.name === name || service?.name === labels?.[serviceNameLabel]) this.#check(key);
    }
  }

  #check(name: string): void {
    const remote = this.#remotes.get(name);
    if (!remote) return;
    if (remote.checking) {
      remote.again = true;
      return;
    }
    remote.checking = true;
    remote.cancelRetry();
    const { sim } = this.#server;
    sim.background(() => sim.spawn(this.#sync(name, remote), 'apiservice availability'));
  }

  *#sync(name: string, remote: Remote): Process<void> {
    do {
      remote.again = false;
      const verdict = yield* this.#judge(remote);
      if (this.#remotes.get(name) !== remote) return;
      this.#report(name, remote.object, verdict);
      const failed = verdict.reason === 'FailedDiscoveryCheck';
      remote.failures = failed ? remote.failures + 1 : 0;
    } while (remote.again);
    remote.checking = false;
    if (remote.failures === 0) return;
    const delayMs = Math.min(resyncMs, firstRetryMs * 2 ** (remote.failures - 1));
    remote.cancelRetry = this.#server.sim.setTimer(delayMs, () => this.#check(name), { background: true });
  }

  *#judge(remote: Remote): Process<Availability> {
    const { spec } = remote.object;
    const reference = spec?.service ?? {};
    const { namespace = '', name = '' } = reference;
    const { resources } = this.#server;
    const service = resources.get<corev1.Service>('', 'services', namespace, name);
    const slices = resources
      .list<discoveryv1.EndpointSlice>('discovery.k8s.io', 'endpointslices', namespace)
      .filter(({ metadata }) => metadata.labels?.[serviceNameLabel] === name);
    const wrong = checkService(reference, service, slices);
    if (wrong || !service || !spec) return wrong ?? passed;
    const path = `/apis/${spec.group ?? ''}/${spec.version ?? ''}`;
    const url = `${serviceUrl(service, reference)}${path}`;
    try {
      const answer = yield* withTimeout(discoveryTimeoutMs, this.#ask(spec, path));
      if (answer.status < 200 || answer.status >= 300) {
        return failedDiscovery(url, `bad status from ${url}: ${answer.status}`);
      }
      remote.resources = resourcesOf(answer.body, spec.group ?? '', spec.version ?? '') ?? remote.resources;
      return passed;
    } catch (error) {
      const late = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
      const why = error instanceof TimeoutError ? late : errorText(error);
      return failedDiscovery(url, `Get ${quote(url)}: ${why}`);
    }
  }

  *#ask(spec: apiregistrationv1.APIServiceSpec, path: string): Process<OutwardAnswer> {
    const { serviceResolver } = this.#server.services;
    const headers = {
      accept: 'application/json',
      ...authProxyHeaders({ username: 'system:kube-aggregator', groups: ['system:masters'] }),
    };
    return yield* suspend<OutwardAnswer>((resume, fail) => {
      if (serviceResolver) {
        return serviceResolver.request(targetOf(spec), { method: 'GET', path, headers }, resume, (why) =>
          fail(new Error(why)),
        );
      }
      fail(new Error('dial tcp: connect: no route to host'));
      return () => {};
    });
  }

  #report(name: string, { status }: Service, verdict: Availability): void {
    const { sim, services } = this.#server;
    const before = status?.conditions ?? [];
    const conditions = setAPIServiceCondition(before, verdict, services.now());
    if (deepEqual(conditions, before)) return;
    const target = { group, resource, name, manager: 'kube-apiserver', operation: 'Update' as const };
    sim.withCause(undefined, () => applyOwnStatus(this.#server, target, { conditions }));
  }
}

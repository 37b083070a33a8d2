/**
 * The API server: every read and write of the cluster's state passes here.
 *
 * A request goes: request info → authentication → authorization → the verb's handler → admission → the resource's registry →
 * store; the answer goes back through the exchange. It reads and writes the store, and calls outward only through `NodeProxy` and
 * `ServiceResolver`. The composition root makes it and starts it before every other component.
 */
import type { FieldDescriptions } from '../../api/field-descriptions.ts';
import type { KubernetesObject } from '../../apimachinery/object-meta.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { ApiHandler, ApiRequest, Exchange, UserInfo } from '../../protocol/rest.ts';
import type { Sim } from '../sim/sim.ts';
import { markTokenUsed } from './own-controllers/legacy-token-use.ts';
import { Store } from '../store/store.ts';
import { Aggregator } from './aggregator/aggregator.ts';
import { AdmissionChain, type AdmissionPlugin } from './admission/admission.ts';
import { admissionPlugins } from './admission/plugins.ts';
import { Authenticator } from './authentication/authenticator.ts';
import { Impersonator } from './authentication/impersonation.ts';
import { ServiceAccountTokens } from './authentication/service-account-token.ts';
import { attributesOf, authorizeRequest } from './authorization/authorize-request.ts';
import { AuthorizerChain } from './authorization/chain.ts';
import { bootstrap } from './bootstrap/bootstrap.ts';
import { CustomResources } from './custom/custom-resources.ts';
import { ObjectTexts } from './encoding/object-texts.ts';
import { compactByClock } from './own-controllers/compaction.ts';
import { followCustomApiServices } from './own-controllers/api-services.ts';
import { followFlowSchemas } from './own-controllers/flow-schemas.ts';
import { followKeptObjects } from './own-controllers/kept-objects.ts';
import { FlowControl, withHeaders } from './flow-control.ts';
import type { ServerServices } from './generic/server-services.ts';
import { reply, replyError, replyText } from './handlers/respond.ts';
import { WatchFrames } from './handlers/watch-frames.ts';
import { ManagedFieldsTracker } from './managed-fields/tracker.ts';
import type { NodeProxy, ServiceResolver } from './outward.ts';
import type { ResourceDefinition } from './registry/resource-definition.ts';
import { builtInDefinitions } from './registry/resources.ts';
import type { RequestContext } from './request-context.ts';
import { timeoutOf } from './request-deadline.ts';
import { requestInfo, splitPath } from './request-info.ts';
import { ResourceRegistry } from './resource-registry.ts';
import { pathNotFound } from './routes/errors.ts';
import { routeNonResource } from './routes/non-resource.ts';
import { routeResource } from './routes/resource.ts';

export interface ApiServerOptions {
  readonly sim: Sim;
  /** Default: a new one. */
  readonly store?: Store<KubernetesObject>;
  readonly nodeProxy?: NodeProxy;
  readonly serviceResolver?: ServiceResolver;
  /** Bearer tokens that are known without a service account: token → who. */
  readonly tokens?: Readonly<Record<string, UserInfo>>;
  /** Whether requests without credentials are let in as `system:anonymous`; default true. */
  readonly anonymous?: boolean;
  /** What is served at a path that Kubernetes does not know, to whoever may get it; undefined: nothing. */
  readonly extraDocument?: (path: string) => object | undefined;
  /** PEM of the authorities whose client certificates are believed, for aggregated API servers to read. */
  readonly clientCA?: () => string;
  /** `host:port` under which clients outside reach the server; default the one inside the cluster. */
  readonly publicAddress?: () => string | undefined;
  /** Texts for OpenAPI documents, when the host has them. */
  readonly fieldDescriptions?: () => FieldDescriptions | undefined;
}

/** The present time as text, made once for every instant. */
function clockText(sim: Sim): () => string {
  let at = Number.NaN;
  let text = '';
  return () => {
    if (sim.now() === at) return text;
    at = sim.now();
    text = formatTime(at);
    return text;
  };
}

const anonymousUser: UserInfo = { username: 'system:anonymous', groups: [] };

/** A running API server. */
export class ApiServer implements ApiHandler {
  readonly sim: Sim;
  readonly store: Store<KubernetesObject>;
  readonly resources = new ResourceRegistry();
  /** The same server for components of the engine: answers share the stored objects and carry no managedFields. */
  readonly components: ApiHandler;
  readonly services: ServerServices;
  readonly options: ApiServerOptions;
  readonly authorizer: AuthorizerChain;
  readonly tokens: ServiceAccountTokens;
  readonly #authenticator: Authenticator;
  readonly #impersonator: Impersonator;
  readonly #flowControl = new FlowControl(this.resources);
  readonly #customResources: CustomResources = new CustomResources(this);
  readonly #aggregator: Aggregator = new Aggregator(this);
  #stopFollowing: readonly (() => void)[] = [];
  #running = false;

  constructor(options: ApiServerOptions) {
    const { sim } = options;
    const now = clockText(sim);
    this.options = options;
    this.sim = sim;
    this.store = options.store ?? new Store<KubernetesObject>(sim);
    this.authorizer = new AuthorizerChain(this.resources);
    this.tokens = new ServiceAccountTokens(sim.random.fork('apiserver/tokens'), this.resources, () => sim.now());
    this.#impersonator = new Impersonator(this.authorizer);
    this.#authenticator = new Authenticator({
      tokens: new Map(Object.entries(options.tokens ?? {})),
      accounts: this.tokens,
      anonymous: options.anonymous ?? true,
    });
    this.store.onCommit((event) => {
      if (event.key.startsWith('rbac.authorization.k8s.io/')) this.authorizer.rbac.invalidate();
    });
    const managedFields = new ManagedFieldsTracker(this.resources, now);
    this.services = {
      authorizer: this.authorizer,
      authenticator: this.#authenticator,
      tokens: this.tokens,
      sim,
      store: this.store,
      admission: new AdmissionChain(this.#admissionPlugins()),
      managedFields,
      texts: new ObjectTexts(managedFields),
      objects: this.resources,
      stores: this.resources,
      now,
      watchFrames: new WatchFrames(),
      uids: sim.random.fork('apiserver/uid'),
      names: sim.random.fork('apiserver/names'),
      nodeProxy: options.nodeProxy,
      serviceResolver: options.serviceResolver,
    };
    this.resources.start(this.services);
    this.resources.followRemoteVersions(() => this.#aggregator.versions());
    const stored = (definition: ResourceDefinition) => (definition.storedAs ? 1 : 0);
    for (const definition of [...builtInDefinitions].sort((a, b) => stored(a) - stored(b)))
      this.resources.add(definition);
    this.components = { handle: (request, exchange) => this.#handle(request, exchange, true) };
  }

  #admissionPlugins(): readonly AdmissionPlugin[] {
    const { random } = this.sim;
    const uids = random.fork('apiserver/webhooks');
    const webhooks = {
      objects: this.resources,
      serviceResolver: () => this.options.serviceResolver,
      uid: () => uids.uid(),
    };
    return admissionPlugins(this.resources, random.fork('apiserver/admission'), this.authorizer, webhooks);
  }

  /** Creates what every cluster has. Calling it on a store that has it already changes nothing. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    bootstrap(this);
    this.#customResources.start();
    this.tokens.onSecretTokenUsed = (secret) => markTokenUsed(this, secret);
    this.#stopFollowing = [
      followFlowSchemas(this),
      followCustomApiServices(this),
      followKeptObjects(this),
      compactByClock(this.sim, this.store),
    ];
    this.#aggregator.start();
  }

  /** Ends every watch and every timer. */
  stop(): void {
    this.#running = false;
    this.#customResources.stop();
    for (const stop of this.#stopFollowing) stop();
    this.#aggregator.stop();
    for (const store of this.resources.stores()) store.cacher.stop();
  }

  address(): string {
    return this.options.publicAddress?.() ?? '10.0.0.1:6443';
  }

  clientCA(): string | undefined {
    return this.options.clientCA?.();
  }

  descriptions(): FieldDescriptions {
    return this.options.fieldDescriptions?.() ?? {};
  }

  handle(request: ApiRequest, exchange: Exchange): void {
    this.#handle(request, exchange, false);
  }

  /** Who asks, and as whom the request is to be judged. */
  #asUser(context: RequestContext): RequestContext {
    const { request, info, query, internal, warnings } = context;
    const own = { request, info, query, user: this.#authenticator.authenticate(request), internal, warnings };
    const user = this.#impersonator.impersonate(request, attributesOf(own));
    return user ? { ...own, user } : own;
  }

  #handle(request: ApiRequest, given: Exchange, internal: boolean): void {
    let exchange = given;
    const { path, query } = splitPath(request.path);
    const info = requestInfo(request.method, path, query);
    const nobody: RequestContext = { request, info, query, user: anonymousUser, internal, warnings: new Set() };
    let context = nobody;
    try {
      if (query.has('timeout')) timeoutOf(context);
      context = this.#asUser(nobody);
      if (!internal) exchange = withHeaders(given, this.#flowControl.headersOf(context));
      authorizeRequest(this.authorizer, attributesOf(context));
      if (this.#aggregator.route(context, exchange)) return;
      if (info.isResourceRequest && routeResource(this, context, exchange)) return;
      if (routeNonResource(this, context, exchange)) return;
      const extra = this.options.extraDocument?.(path);
      if (extra) return reply(exchange, context, 200, extra);
      if (isUnderOwnRoot(this.resources, path)) throw pathNotFound();
      replyText(exchange, 404, '404 page not found\n');
    } catch (error) {
      replyError(exchange, context, error);
    }
  }
}

/**
 * Whether a path lies under one that the server's own router knows, so that it answers with a Status rather than in plain text.
 * Upstream: apiserver/pkg/server/handler.go director.ServeHTTP (v1.36)
 */
function isUnderOwnRoot(resources: ResourceRegistry, path: string): boolean {
  const [, first = '', second = ''] = path.split('/');
  return first === 'api' || first === 'version' || (first === 'apis' && resources.hasOwnGroup(second));
}

/** Makes an API server; `start` fills it. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  return new ApiServer(options);
}

/**
 * The composition root: makes a whole cluster of its parts. The only file that knows every component.
 *
 * A request from outside enters by `handle`; time moves by `advance`; nothing else goes in or out. Two clusters share nothing.
 */
import type { KubernetesObject } from '../apimachinery/object-meta.ts';
import type { ResourceRef } from '../apimachinery/resource-ref.ts';
import type { FieldDescriptions } from '../api/field-descriptions.ts';
import { Client } from '../client/client.ts';
import { bodyOf } from '../client/request.ts';
import { loopbackTransport } from '../client/transport/loopback.ts';
import type { ControlCommand, ControllerState, FlowEvent, NodePool, NodeSpec, WhyLink } from '../protocol/control.ts';
import type { Process } from '../process/process.ts';
import type { ApiHandler, ApiRequest, Exchange, UserInfo } from '../protocol/rest.ts';
import type { SchedulingExplanation } from '../protocol/scheduling.ts';
import { checkPolicyTypes } from './apiserver/admission/policy/type-checker.ts';
import { type ApiServer, createApiServer } from './apiserver/api-server.ts';
import type { ServiceResolver } from './apiserver/outward.ts';
import { compileDeviceSelector } from './apiserver/registry/resource/device-matcher.ts';
import { Components, componentUser, serviceAccountUser } from './cluster-components.ts';
import { isExternalAccess, serveExternalAccess } from './network/external-access.ts';
import { ClusterMachines, controlPlaneName } from './cluster-machines.ts';
import { CauseHistory } from './cluster-history.ts';
import { apiServerEndpoints, hollowNode } from './cluster-nodes.ts';
import { startClusterAutoscaler } from './cluster-autoscaler/cluster-autoscaler.ts';
import { Pools } from './cluster-pools.ts';
import { CustomControllers } from './custom-controllers/custom-controllers.ts';
import { checkedDefinition, type ControllerDefinition } from './custom-controllers/definition.ts';
import { systemObjects } from './kube-system.ts';
import { metricsServerObjects } from './metrics-server/objects.ts';
import { CertificateAuthority, type GivenAuthority } from './certificates/certificate-authority.ts';
import type { ControllerSettings } from './controllers/define-controller.ts';
import { cloudControllerDescriptors, controllerDescriptors } from './controllers/descriptors.ts';
import { type HollowKubelets, startHollowKubelets } from './kubelet/hollow.ts';
import type { SchedulerConfiguration } from './scheduler/configuration.ts';
import { decodeSchedulerConfiguration } from './scheduler/decode-configuration.ts';
import { type Scheduler, startScheduler } from './scheduler/scheduler.ts';
import { clusterCertificate, extenderCaller, serveApiInCluster, serviceResolver } from './cluster-wires.ts';
import { Latency } from './sim/latency.ts';
import { InvariantError, Sim } from './sim/sim.ts';
import { Store } from './store/store.ts';

/** What a request got. The body is an object when it is JSON (frozen: it is the stored one), else text. */
export interface ClusterAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A problem inside the engine: nothing that a client did wrong. */
export interface ClusterProblem {
  readonly component: string;
  readonly message: string;
  /** The cluster has stopped. */
  readonly fatal: boolean;
}

/** What a cluster is like. Everything has a default. */
export interface ClusterOptions {
  /** Same seed and same inputs give the same history. */
  readonly seed?: string;
  /** Wall-clock start of virtual time, ms since the Unix epoch. */
  readonly epochMs?: number;
  /** Worker nodes: how many, or what each is like. Default 3. */
  readonly nodes?: number | readonly NodeSpec[];
  /** Nodes whose kubelet only walks a pod's status, as kwok does. */
  readonly hollow?: boolean;
  readonly controllers?: boolean;
  readonly scheduler?: boolean;
  /** In the words of KubeSchedulerConfiguration: profiles, plugins, weights, extenders. Checked when the cluster is made. */
  readonly schedulerConfiguration?: SchedulerConfiguration;
  /** `realistic` (the default): named delays everywhere; `instant`: none. */
  readonly latency?: 'realistic' | 'instant';
  /** A control-plane node and what usually runs in kube-system. */
  readonly systemPods?: boolean;
  /** metrics-server in kube-system: `kubectl top` and HorizontalPodAutoscalers see what pods use. Needs system pods. */
  readonly metricsServer?: boolean;
  /** Pools of machines beside `nodes`, which the cluster autoscaler rents and gives back. */
  readonly nodePools?: readonly NodePool[];
  /** Bearer tokens of people. */
  readonly tokens?: ReadonlyMap<string, UserInfo>;
  /** The certificate authority of the cluster; by default one is made. */
  readonly authority?: GivenAuthority;
  /** `host:port` under which clients outside reach the API server; default the one inside the cluster. */
  readonly publicAddress?: () => string | undefined;
  /** Texts for OpenAPI documents (`kubectl explain`), once they are there. */
  readonly fieldDescriptions?: () => FieldDescriptions | undefined;
  /** Makes a person's own controller of its source (`runController`); without it only definitions can be run. */
  readonly evaluateController?: (source: string, host: { now(): number; random(): number }) => unknown;
  /** Told when people's own controllers have done something. */
  readonly onControllers?: () => void;
  /** Told of errors inside the engine; without it they are thrown. */
  readonly onProblem?: (problem: ClusterProblem) => void;
  /** Told of requests on their way through the cluster network. */
  readonly onFlow?: (flow: FlowEvent) => void;
}

const admin: UserInfo = {
  username: 'kubernetes-admin',
  uid: 'admin',
  groups: ['system:masters', 'system:authenticated'],
};

/** Makes and starts a cluster. It does nothing until time moves. */
export function createCluster(options: ClusterOptions = {}): Cluster {
  return new Cluster(options);
}

export class Cluster implements ApiHandler {
  readonly sim: Sim;
  readonly #options: ClusterOptions;
  readonly #store: Store<KubernetesObject>;
  readonly #services: ServiceResolver;
  readonly #apiServer: ApiServer;
  readonly #components: Components;
  readonly #history: CauseHistory;
  readonly #admin: Client;
  readonly #authority: CertificateAuthority;
  readonly #latency: Latency;
  readonly #machines: ClusterMachines | undefined;
  readonly #hollowDown = new Set<string>();
  readonly #controllers: CustomControllers;
  readonly #chance;
  readonly #scheduler: Scheduler | undefined;
  #kubelets: HollowKubelets | undefined;
  #nodeCount = 0;

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.sim = new Sim({
      ...(options.seed === undefined ? {} : { seed: options.seed }),
      ...(options.epochMs === undefined ? {} : { epochMs: options.epochMs }),
      onError: (error, name) => this.#problem(name, error),
    });
    this.#latency = new Latency(options.latency ?? 'realistic', this.sim.random.fork('latency'));
    this.#authority = new CertificateAuthority(
      this.sim.random.fork('certificates'),
      () => this.sim.now(),
      options.authority,
    );
    this.#store = new Store<KubernetesObject>(this.sim);
    this.#history = new CauseHistory(this.#store);
    this.#services = serviceResolver(() => this.#machines?.network, controlPlaneName, this.sim);
    this.#apiServer = createApiServer({
      sim: this.sim,
      store: this.#store,
      serviceResolver: this.#services,
      nodeProxy: { handle: (node, request, exchange) => this.#machines?.handle(node, request, exchange) ?? false },
      ...(options.tokens ? { tokens: Object.fromEntries(options.tokens) } : {}),
      ...(options.publicAddress ? { publicAddress: options.publicAddress } : {}),
      ...(options.authority || options.controllers !== false ? { clientCA: () => this.#authority.certificate } : {}),
      ...(options.fieldDescriptions ? { fieldDescriptions: options.fieldDescriptions } : {}),
      extraDocument: (path) => this.#extraDocument(path),
    });
    this.#apiServer.start();
    this.#components = new Components({
      sim: this.sim,
      handler: this.#apiServer.components,
      latency: this.#latency,
      report: (component, error, what) => this.#problem(component, error, what),
    });
    this.#admin = new Client(loopbackTransport(this.#apiServer.components, this.sim, { peer: admin }), {
      'user-agent': 'tabernetes',
    });
    this.#chance = this.sim.random.fork('custom-controllers');
    this.#controllers = this.#customControllers();
    if (options.controllers ?? true) this.#startControllers();
    if (options.scheduler ?? true) this.#scheduler = this.#startScheduler();
    if (options.hollow) this.#startHollow();
    else this.#machines = this.#startMachines();
    if (this.#machines && this.#hasSystemPods) this.#startControlPlane(this.#machines);
    const nodes = options.nodes ?? 3;
    for (const node of typeof nodes === 'number' ? Array.from({ length: nodes }, () => ({})) : nodes)
      this.addNode(node);
    if (options.nodePools && options.nodePools.length > 0) this.#startAutoscaler(options.nodePools);
  }

  /** Whether the cluster has a control-plane machine and what goes with it. */
  get #hasSystemPods(): boolean {
    return !this.#options.hollow && (this.#options.systemPods ?? true);
  }

  /** A request from outside. */
  handle(request: ApiRequest, exchange: Exchange): void {
    this.#apiServer.handle(request, exchange);
  }
  /** A request of whoever sits at the page: the administrator's, unless the request says who asks. */
  handleAsAdministrator(request: ApiRequest, exchange: Exchange): void {
    const proved = request.peer !== undefined || request.headers['authorization'] !== undefined;
    this.handleAsPerson(proved ? request : { ...request, peer: admin }, exchange);
  }
  /** Asks the cluster's network, from a machine outside it (`network/external-access.ts`); false for a request of the API. */
  handleExternalAccess(request: ApiRequest, exchange: Exchange): boolean {
    if (!isExternalAccess(request)) return false;
    const cause = this.sim.newCause(`${request.method} ${request.path}`, { actor: 'person', parents: [] });
    const stack = this.#machines?.network.externalStack();
    this.sim.withCause(cause, () => serveExternalAccess(stack, this.sim, request, exchange));
    return true;
  }
  /** A request from outside as the root of what follows from it. */
  handleAsPerson(request: ApiRequest, exchange: Exchange, label?: string): void {
    const actor = request.peer?.username ?? 'person';
    const cause = this.sim.newCause(label ?? `${request.method} ${request.path.split('?')[0]}`, { actor, parents: [] });
    this.sim.withCause(cause, () => this.handle(request, exchange));
  }
  /** A client for tests and tools, as the administrator unless told. Its answers share the stored, frozen objects. */
  client(user: UserInfo = admin): Client {
    return user === admin
      ? this.#admin
      : new Client(loopbackTransport(this.#apiServer.components, this.sim, { peer: user }), {
          'user-agent': 'tabernetes',
        });
  }
  /** An object as it is stored now. */
  read<T extends KubernetesObject>(ref: ResourceRef<T>, namespace: string, name: string): T | undefined {
    return this.#apiServer.resources.get<T>(ref.group, ref.resource, namespace, name);
  }
  /** All objects of a resource, in one namespace or (empty) in all. */
  readAll<T extends KubernetesObject>(ref: ResourceRef<T>, namespace = ''): readonly T[] {
    return this.#apiServer.resources.list<T>(ref.group, ref.resource, namespace);
  }

  /**
   * One request of the administrator, or of who is named by an `authorization` header. Virtual time runs until it is answered.
   * A body that is an object is sent as JSON.
   */
  request(request: Partial<ApiRequest> & Pick<ApiRequest, 'path'>): ClusterAnswer {
    const type = request.body === undefined ? {} : { 'content-type': 'application/json' };
    const handler: ApiHandler = { handle: (asked, exchange) => this.handleAsAdministrator(asked, exchange) };
    const client = new Client(loopbackTransport(handler, this.sim), { 'user-agent': 'tabernetes' });
    const answer = this.run(client.raw({ method: 'GET', ...request, headers: { ...type, ...request.headers } }));
    return { status: answer.status, headers: answer.headers, body: bodyOf(answer) };
  }
  /** Runs a process in virtual time and gives its value. @throws what it throws; Error when it has not ended within `limitMs` (default one hour) */
  run<T>(process: Process<T>, limitMs?: number): T {
    const task = this.sim.spawn(process);
    task.onSettled(() => {});
    this.runUntil(() => task.settled, limitMs);
    const { outcome } = task;
    if (outcome?.kind === 'returned') return outcome.value;
    task.kill();
    throw outcome?.kind === 'threw' ? outcome.error : new Error('the process did not end in time');
  }

  /** Moves virtual time. */
  advance(ms: number): void {
    this.sim.advance(ms);
  }
  /** Runs until a condition holds; gives whether it did within `limitMs` of virtual time (default one hour). */
  runUntil(condition: () => boolean, limitMs?: number): boolean {
    return this.sim.runUntil(condition, limitMs === undefined ? {} : { limitMs });
  }

  addNode(spec: NodeSpec = {}): string {
    const name = spec.name ?? (this.#options.hollow ? `node-${this.#nodeCount}` : `node-${this.#nodeCount + 1}`);
    this.#nodeCount++;
    if (this.#machines) {
      this.#machines.add(name, spec);
      return name;
    }
    const node = hollowNode(name, this.#nodeCount - 1, spec);
    this.sim.spawn(
      this.#admin.raw({
        method: 'POST',
        path: '/api/v1/nodes',
        body: node,
        headers: { 'content-type': 'application/json', 'user-agent': 'kubectl' },
      }),
    );
    return name;
  }

  /** Takes the machine away for ever, and its Node with it. */
  removeNode(name: string): void {
    this.#machines?.machines.remove(name);
    this.sim.spawn(this.#admin.raw({ method: 'DELETE', path: `/api/v1/nodes/${name}` }));
  }
  /** @throws Error when there is no such machine */
  fault(name: string, fault: 'power-off' | 'power-on' | 'network-cut' | 'network-heal'): void {
    if (this.#machines) return this.#machines.fault(name, fault);
    if (fault === 'power-on' || fault === 'network-heal') this.#hollowDown.delete(name);
    else this.#hollowDown.add(name);
    this.#kubelets?.recheck(name);
  }
  /** Does what the control channel asks of the cluster itself. @throws Error for a command that is not the cluster's */
  control(command: ControlCommand): void {
    switch (command.op) {
      case 'addNode':
        this.addNode(command.node);
        return;
      case 'removeNode':
        this.removeNode(command.name);
        return;
      case 'fault':
        this.fault(command.node, command.fault);
        return;
      case 'runController':
        this.#loadController(command.file, command.source);
        return;
      case 'stopController':
        this.#controllers.stop(command.name);
        return;
      default:
        throw new Error(`${command.op} is not a command of the cluster`);
    }
  }
  /** Runs a person's own controller, in place of one of the same name. @throws Error that says what is wrong with it */
  runController(definition: ControllerDefinition): void {
    this.#controllers.run(checkedDefinition(definition));
  }
  /** What people's own controllers have done. */
  controllers(): readonly ControllerState[] {
    return this.#controllers.states();
  }
  /** What led to an object's newest writes. `resource` as kubectl names it: `pods`, `deployments.apps`. */
  why(resource: string, namespace: string, name: string): WhyLink[] {
    const dot = resource.indexOf('.');
    const [plural, group] = dot < 0 ? [resource, ''] : [resource.slice(0, dot), resource.slice(dot + 1)];
    const store = this.#apiServer.resources.store(group, plural);
    return store ? this.#history.why(store.key(namespace, name)) : [];
  }
  /** Why a pod (`namespace/name`) went where it went, or goes nowhere: the last attempts, newest first. */
  explainScheduling(podKey: string): SchedulingExplanation {
    return this.#scheduler?.explain(podKey) ?? { pod: podKey, attempts: [] };
  }
  /** What no real cluster serves, for whoever may get the path: `kubectl get --raw /tabernetes/v1/scheduling/NAMESPACE/POD`. */
  #extraDocument(path: string): object | undefined {
    const pod = /^\/tabernetes\/v1\/scheduling\/([^/]+\/[^/]+)$/.exec(path)?.[1];
    return pod === undefined ? undefined : this.explainScheduling(pod);
  }
  /** Equal for equal histories. */
  historyHash(): string {
    return this.#history.hash();
  }
  /** Ends everything: no timer, no watch, no process is left. */
  stop(): void {
    this.#controllers.stopAll();
    this.#components.stop();
    this.#apiServer.stop();
    this.sim.stop();
  }

  /** A machine for the control plane's pods, and what usually runs in kube-system. */
  #startControlPlane(machines: ClusterMachines): void {
    const machine = machines.addControlPlane();
    const headers = { 'content-type': 'application/json', 'user-agent': 'kubeadm' };
    const admin = this.#admin;
    const server = this.sim.spawn(
      serveApiInCluster(machines.network, machine.spec.name, this.#apiServer, clusterCertificate),
      'api address',
    );
    this.#components.onStop(() => server.kill());
    const addons = this.#options.metricsServer ? metricsServerObjects() : [];
    this.sim.spawn(
      (function* (): Process<void> {
        for (const { path, object } of [...systemObjects(), ...apiServerEndpoints(machine.spec.ip), ...addons])
          yield* admin.raw({ method: 'POST', path, body: object, headers });
      })(),
    );
  }

  #startControllers(): void {
    const manager = {
      name: 'kube-controller-manager',
      user: componentUser('system:kube-controller-manager'),
      agent: 'kube-controller-manager',
    };
    const informers = this.#components.informers(this.#components.client(manager), manager.name);
    const delays = this.#latency.fork('cloud');
    const settings: ControllerSettings = {
      rootCA: this.#authority.certificate,
      signCertificate: (request) => this.#authority.sign(request),
      checkPolicyTypes: (policy) => checkPolicyTypes(policy, this.#apiServer.resources),
      issueSecretToken: (token) => this.#apiServer.tokens.issueForSecret(token),
      delayMs: (what) => delays.ms(what),
    };
    const cloud = this.#hasSystemPods ? cloudControllerDescriptors : [];
    for (const descriptor of [...controllerDescriptors, ...cloud]) {
      // Roles of the cloud's own controllers are not Kubernetes' to bootstrap.
      const user = cloud.includes(descriptor)
        ? componentUser(`system:serviceaccount:kube-system:${descriptor.serviceAccount}`, 'system:masters')
        : descriptor.serviceAccount === ''
          ? manager.user
          : serviceAccountUser(descriptor.serviceAccount);
      const context = this.#components.context(
        { name: descriptor.name, user, agent: 'kube-controller-manager' },
        informers,
      );
      this.#components.onStop(descriptor.start({ ...context, settings }));
    }
    informers.start();
  }

  #startScheduler(): Scheduler {
    const context = this.#components.context({
      name: 'kube-scheduler',
      user: componentUser('system:kube-scheduler'),
      agent: 'kube-scheduler',
    });
    const latency = this.#latency.fork('kube-scheduler');
    const scheduler = startScheduler(context, {
      attemptMs: () => latency.ms('scheduleAttempt'),
      callExtender: extenderCaller(this.#services),
      compileDeviceSelector,
      ...decodeSchedulerConfiguration(this.#options.schedulerConfiguration ?? {}),
    });
    this.#components.onStop(() => scheduler.stop());
    context.informers.start();
    return scheduler;
  }

  #customControllers(): CustomControllers {
    return new CustomControllers({
      sim: this.sim,
      admin: this.#admin,
      context: (name, namespace) =>
        this.#components.context({
          name: `controller/${name}`,
          user: serviceAccountUser(name, namespace),
          agent: name,
        }),
      onChange: () => this.#options.onControllers?.(),
    });
  }

  /** A file that is no controller is told of and changes nothing. */
  #loadController(file: string, source: string): void {
    const host = { now: () => this.sim.now(), random: () => this.#chance.float() };
    try {
      const { evaluateController } = this.#options;
      if (!evaluateController) throw new Error('this host runs no controllers from source');
      this.#controllers.run(checkedDefinition(evaluateController(source, host)), file);
    } catch (error) {
      this.#controllers.refuse(file, error);
    }
  }

  #startAutoscaler(pools: readonly NodePool[]): void {
    const latency = this.#latency.fork('node-pools');
    const cloud = new Pools({
      sim: this.sim,
      pools,
      provisionMs: () => latency.ms('machineProvision'),
      addNode: (spec) => void this.addNode(spec),
      removeNode: (name) => this.removeNode(name),
    });
    const context = this.#components.context({
      name: 'cluster-autoscaler',
      user: componentUser('system:serviceaccount:kube-system:cluster-autoscaler', 'system:masters'),
      agent: 'cluster-autoscaler',
    });
    const stop = startClusterAutoscaler(context, cloud);
    this.#components.onStop(() => {
      stop();
      cloud.stop();
    });
    context.informers.start();
  }

  #startHollow(): void {
    const context = this.#components.context({
      name: 'kwok',
      user: componentUser('kwok', 'system:masters'),
      agent: 'kwok',
    });
    const kubelets = startHollowKubelets(context, { isUp: (node) => !this.#hollowDown.has(node) });
    this.#kubelets = kubelets;
    this.#components.onStop(() => kubelets.stop());
    context.informers.start();
  }

  #startMachines(): ClusterMachines {
    const { systemPods = true, onFlow } = this.#options;
    return new ClusterMachines({
      sim: this.sim,
      latency: this.#latency,
      components: this.#components,
      transport: (user, name) => this.#components.transport({ name, user, agent: 'kubelet' }),
      systemPods,
      report: (component, error, what) => this.#problem(component, error, what),
      ...(onFlow ? { onFlow } : {}),
    });
  }

  /** Errors that a component expects and tries again (refusals, conflicts) are its own affair; the rest is shown. */
  #problem(component: string, error: unknown, what?: string): void {
    if (what !== undefined && !isDefect(error)) return;
    const { onProblem } = this.#options;
    if (!onProblem) throw error;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    onProblem({
      component,
      message: what && what !== component ? `${what}: ${text}` : text,
      fatal: error instanceof InvariantError,
    });
  }
}

/** Whether an error says that the code is wrong, not that something was refused. */
const isDefect = (error: unknown): boolean =>
  error instanceof TypeError ||
  error instanceof RangeError ||
  error instanceof ReferenceError ||
  error instanceof InvariantError ||
  !(error instanceof Error);

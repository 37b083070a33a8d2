/**
 * Extenders: services that have a say in scheduling over HTTP.
 *
 * Upstream: pkg/scheduler/extender.go, kube-scheduler/extender/v1/types.go (v1.36)
 */
import type * as corev1 from '../../api/core/v1.ts';
import { parseDuration } from '../../apimachinery/duration.ts';
import { isJsonObject, type JsonObject } from '../../apimachinery/json-value.ts';
import type { Process } from '../../process/process.ts';
import type { SharedLister, Victims } from './framework.ts';
import { NodeInfo } from './node-info.ts';

/** In the words of KubeSchedulerConfiguration. */
export interface ExtenderConfiguration {
  readonly urlPrefix: string;
  readonly filterVerb?: string;
  readonly preemptVerb?: string;
  readonly prioritizeVerb?: string;
  readonly weight?: number;
  readonly bindVerb?: string;
  readonly enableHTTPS?: boolean;
  readonly tlsConfig?: { readonly insecure?: boolean; readonly serverName?: string; readonly caData?: string };
  /** As Go writes durations: `5s`, the default. */
  readonly httpTimeout?: string;
  /** It knows the nodes itself: it is sent names only. */
  readonly nodeCacheCapable?: boolean;
  readonly managedResources?: readonly { readonly name: string; readonly ignoredByScheduler?: boolean }[];
  /** Scheduling goes on when it cannot be reached. */
  readonly ignorable?: boolean;
}

export interface ExtenderCall {
  readonly url: string;
  readonly body: JsonObject | object;
  readonly timeoutMs: number;
  readonly tls?: ExtenderConfiguration['tlsConfig'];
}

/** Posts to an extender. @throws Error in Go's words when it cannot be reached */
export type CallExtender = (call: ExtenderCall) => Process<{ readonly status: number; readonly body: string }>;

/** What the scheduler calls itself where an extender refused: such pods are tried again after any event. */
export const extenderName = 'Extender';
/** Extenders score from 0 to 10. */
export const maxExtenderPriority = 10;

export interface ExtenderFilterResult {
  readonly nodes: readonly NodeInfo[];
  readonly failed: ReadonlyMap<string, string>;
  readonly failedAndUnresolvable: ReadonlyMap<string, string>;
}

export type NodeVictims = ReadonlyMap<string, Victims>;

/** A member of what Go would decode: names are matched whatever their case. */
function member(object: JsonObject, name: string): unknown {
  if (object[name] !== undefined) return object[name];
  const lower = name.toLowerCase();
  const key = Object.keys(object).find((candidate) => candidate.toLowerCase() === lower);
  return key === undefined ? undefined : object[key];
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

function messagesOf(value: unknown): ReadonlyMap<string, string> {
  return new Map(isJsonObject(value) ? Object.entries(value).map(([node, message]) => [node, textOf(message)]) : []);
}

const defaultTimeoutMs = 5000;

export class HttpExtender {
  readonly name: string;
  readonly isIgnorable: boolean;
  readonly weight: number;
  readonly #config: ExtenderConfiguration;
  readonly #call: CallExtender;
  readonly #managed: ReadonlySet<string>;

  constructor(config: ExtenderConfiguration, call: CallExtender) {
    this.name = config.urlPrefix;
    this.isIgnorable = config.ignorable ?? false;
    this.weight = config.weight ?? 0;
    this.#config = config;
    this.#call = call;
    this.#managed = new Set(config.managedResources?.map((resource) => resource.name));
  }

  get isFilter(): boolean {
    return !!this.#config.filterVerb;
  }
  get isPrioritizer(): boolean {
    return !!this.#config.prioritizeVerb;
  }
  get isBinder(): boolean {
    return !!this.#config.bindVerb;
  }
  get supportsPreemption(): boolean {
    return !!this.#config.preemptVerb;
  }
  /** Whether the pod asks for something that this extender manages; one that manages nothing in particular takes part always. */
  isInterested({ spec }: corev1.Pod): boolean {
    if (this.#managed.size === 0) return true;
    return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].some(({ resources }) =>
      [...Object.keys(resources?.requests ?? {}), ...Object.keys(resources?.limits ?? {})].some((name) =>
        this.#managed.has(name),
      ),
    );
  }

  /** @throws Error when it does not answer, or answers nonsense */
  *filter(pod: corev1.Pod, nodes: readonly NodeInfo[]): Process<ExtenderFilterResult> {
    const nothing: ReadonlyMap<string, string> = new Map();
    const { filterVerb, nodeCacheCapable } = this.#config;
    if (!filterVerb) return { nodes, failed: nothing, failedAndUnresolvable: nothing };
    const result = yield* this.#sendObject(filterVerb, this.#arguments(pod, nodes));
    const error = textOf(member(result, 'Error'));
    if (error !== '') throw new Error(error);
    const names = member(result, 'NodeNames');
    const list = member(result, 'Nodes');
    let kept: NodeInfo[] = [];
    if (nodeCacheCapable && Array.isArray(names)) kept = this.#byName(nodes, names.map(textOf));
    else if (isJsonObject(list))
      kept = listOf(member(list, 'Items')).map((node) => nodeInfoOf(nodes, node as corev1.Node));
    return {
      nodes: kept,
      failed: messagesOf(member(result, 'FailedNodes')),
      failedAndUnresolvable: messagesOf(member(result, 'FailedAndUnresolvableNodes')),
    };
  }
  #byName(nodes: readonly NodeInfo[], names: readonly string[]): NodeInfo[] {
    const known = new Map(nodes.map((node) => [node.name, node]));
    return names.map((name) => {
      const node = known.get(name);
      if (node) return node;
      throw new Error(
        `extender ${JSON.stringify(this.name)} claims a filtered node ${JSON.stringify(name)} which is not found in the input node list`,
      );
    });
  }
  /** Scores by node, 0 to 10. @throws Error when it does not answer */
  *prioritize(pod: corev1.Pod, nodes: readonly NodeInfo[]): Process<ReadonlyMap<string, number>> {
    const { prioritizeVerb } = this.#config;
    if (!prioritizeVerb) return new Map();
    const result = yield* this.#send(prioritizeVerb, this.#arguments(pod, nodes));
    return new Map(
      listOf(result)
        .filter(isJsonObject)
        .map((entry) => [textOf(member(entry, 'Host')), numberOf(member(entry, 'Score'))]),
    );
  }
  /** @throws Error when it does not bind */
  *bind(pod: corev1.Pod, nodeName: string): Process<void> {
    const { name = '', namespace = '', uid = '' } = pod.metadata;
    const body = { PodName: name, PodNamespace: namespace, PodUID: uid, Node: nodeName };
    const result = yield* this.#sendObject(this.#config.bindVerb ?? '', body);
    const error = textOf(member(result, 'Error'));
    if (error !== '') throw new Error(error);
  }
  /** The nodes and victims that it agrees to. @throws Error when it does not answer, or names a pod that is not there */
  *processPreemption(pod: corev1.Pod, victims: NodeVictims, lister: SharedLister): Process<Map<string, Victims>> {
    const { preemptVerb, nodeCacheCapable } = this.#config;
    const given = Object.fromEntries(
      [...victims].map(([node, { pods, numPdbViolations }]) => {
        const Pods = nodeCacheCapable ? pods.map(({ metadata }) => ({ UID: metadata.uid ?? '' })) : pods;
        return [node, { Pods, NumPDBViolations: numPdbViolations }];
      }),
    );
    const result = yield* this.#sendObject(preemptVerb ?? '', {
      Pod: pod,
      NodeNameToVictims: nodeCacheCapable ? null : given,
      NodeNameToMetaVictims: nodeCacheCapable ? given : null,
    });
    const chosen = member(result, 'NodeNameToMetaVictims');
    const entries = isJsonObject(chosen) ? Object.entries(chosen) : [];
    return new Map(
      entries.map(([node, meta]) => [node, this.#victimsOf(node, isJsonObject(meta) ? meta : {}, lister)]),
    );
  }
  #victimsOf(nodeName: string, meta: JsonObject, lister: SharedLister): Victims {
    const node = lister.nodeInfo(nodeName);
    if (!node) throw new Error(`nodeinfo not found for node name ${JSON.stringify(nodeName)}`);
    const pods = listOf(member(meta, 'Pods')).map((entry) => {
      const uid = isJsonObject(entry) ? textOf(member(entry, 'UID')) : '';
      const found = node.pods.find((info) => info.uid === uid);
      if (found) return found.pod;
      throw new Error(
        `extender: ${this.name} claims to preempt pod (UID: &{${uid}}) on node: ${nodeName}, but the pod is not found on that node`,
      );
    });
    return { pods, numPdbViolations: numberOf(member(meta, 'NumPDBViolations')) };
  }

  #arguments(pod: corev1.Pod, nodes: readonly NodeInfo[]): object {
    if (this.#config.nodeCacheCapable) return { Pod: pod, Nodes: null, NodeNames: nodes.map(({ name }) => name) };
    return { Pod: pod, Nodes: { metadata: {}, items: nodes.map(({ node }) => node) }, NodeNames: null };
  }
  *#sendObject(verb: string, body: object): Process<JsonObject> {
    const result = yield* this.#send(verb, body);
    return isJsonObject(result) ? result : {};
  }
  *#send(verb: string, body: object): Process<unknown> {
    const { tlsConfig, enableHTTPS, httpTimeout } = this.#config;
    const url = `${this.name.replace(/\/+$/, '')}/${verb}`;
    const insecure = enableHTTPS && !tlsConfig?.caData;
    const tls = tlsConfig || enableHTTPS ? { ...tlsConfig, ...(insecure ? { insecure } : {}) } : undefined;
    const timeoutMs = (httpTimeout === undefined ? 0 : parseDuration(httpTimeout)) || defaultTimeoutMs;
    const answer = yield* this.#call({ url, body, timeoutMs, ...(tls ? { tls } : {}) });
    if (answer.status !== 200) throw new Error(`failed ${verb} with extender at URL ${url}, code ${answer.status}`);
    try {
      return JSON.parse(answer.body);
    } catch (error) {
      throw new Error(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }
}

/** The node as the scheduler knows it, or as the extender says it is. */
function nodeInfoOf(nodes: readonly NodeInfo[], node: corev1.Node): NodeInfo {
  const name = node.metadata.name ?? '';
  const known = nodes.find((info) => info.name === name);
  if (known) return known;
  const info = new NodeInfo(name);
  info.setNode(node);
  return info;
}

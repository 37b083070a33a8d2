/**
 * Keeps the usage that quotas tell of right: what a namespace holds in all, worked out again when something is deleted or finishes.
 * What is created is counted at once by the API server.
 *
 * Reads quotas and what they limit through informers; writes the status of quotas.
 * Upstream: pkg/controller/resourcequota/resource_quota_controller.go (v1.36)
 */
import type * as corev1 from '../../../api/core/v1.ts';
import { resourceQuotas } from '../../../api/resources.ts';
import { type KubernetesObject, metaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import { compareStrings } from '../../../apimachinery/go-format.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import type { Informer } from '../../../client/informer.ts';
import type { RateLimitingQueue } from '../../../client/rate-limiting-queue.ts';
import type { Process } from '../../../process/process.ts';
import { type Evaluator, scopesOf } from '../../quota/evaluator.ts';
import { countedResource, evaluatorOf, specialEvaluators } from '../../quota/evaluators.ts';
import {
  addResources,
  equalResources,
  formatResourceList,
  maskResources,
  parseResourceList,
  type ResourceList,
  zero,
} from '../../../api/core/resource-list.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';
import { type DiscoveredResource, serverPreferredResources } from '../shared/discovery.ts';

const resyncMs = 5 * 60_000;

export const resourceQuotaController = defineController({
  name: 'resourcequota-controller',
  start: (run) => new ResourceQuotaController(run).start(),
});

class ResourceQuotaController {
  readonly #run: ControllerRun;
  readonly #quotas: Informer<corev1.ResourceQuota>;
  readonly #queue: RateLimitingQueue;
  readonly #monitors = new Map<string, Informer<KubernetesObject>>();
  #resources = new Map<string, DiscoveredResource>();

  constructor(run: ControllerRun) {
    this.#run = run;
    this.#quotas = run.informer(resourceQuotas);
    this.#queue = run.queue();
  }

  start(): void {
    const run = this.#run;
    const queue = this.#queue;
    run.watch(this.#quotas, {
      add: (quota) => queue.add(metaNamespaceKey(quota)),
      update: (old, quota) => {
        const [before, now] = [old, quota].map(({ spec }) => parseResourceList(spec?.hard));
        if (!equalResources(before as ResourceList, now as ResourceList)) queue.add(metaNamespaceKey(quota));
      },
      delete: () => {},
    });
    run.every(resyncMs, () => {
      for (const quota of this.#quotas.store.list()) queue.add(metaNamespaceKey(quota));
    });
    run.work({ queue, informers: [this.#quotas], reconcile: (key) => this.#sync(key) });
  }

  *#sync(key: string): Process<void> {
    const quota = this.#quotas.store.get(key);
    if (!quota) return;
    const hard = parseResourceList(quota.spec?.hard);
    const before = parseResourceList(quota.status?.used);
    const usage = yield* this.#usage(quota, [...hard.keys()]);
    const used = maskResources(new Map([...before, ...usage]), hard.keys());
    const same = deepEqual(quota.spec?.hard ?? {}, quota.status?.hard ?? {}) && quota.status?.hard && quota.status.used;
    if (same && equalResources(used, before)) return;
    const status = { hard: formatResourceList(hard), used: formatResourceList(used) };
    yield* this.#run.client.resource(resourceQuotas, quota.metadata.namespace).updateStatus({ ...quota, status });
  }

  /** What is in the namespace of what the quota limits and can be counted. */
  *#usage(quota: corev1.ResourceQuota, names: readonly string[]): Process<ResourceList> {
    const now = this.#run.now();
    const scopes = scopesOf(quota);
    let usage: ResourceList = new Map();
    for (const evaluator of this.#evaluatorsOf(names)) {
      const informer = yield* this.#monitor(evaluator);
      if (!informer) continue;
      const counted = evaluator.matchingResources(names);
      let own: ResourceList = new Map(counted.map((name) => [name, zero]));
      for (const object of informer.store.list(quota.metadata.namespace)) {
        if (!scopes.every((scope) => evaluator.matchesScope(scope, object))) continue;
        own = addResources(own, maskResources(evaluator.usage(object, now), counted));
      }
      usage = addResources(usage, own);
    }
    return usage;
  }
  #evaluatorsOf(names: readonly string[]): Evaluator[] {
    const found = new Set(specialEvaluators.filter((one) => one.matchingResources(names).length > 0));
    for (const name of [...names].sort(compareStrings)) {
      const counted = countedResource(name);
      const evaluator = counted && evaluatorOf(counted.group, counted.resource);
      if (evaluator) found.add(evaluator);
    }
    return [...found];
  }

  /** The filled informer of what an evaluator counts; undefined when the server knows no such resource. */
  *#monitor(evaluator: Evaluator): Process<Informer<KubernetesObject> | undefined> {
    const key = `${evaluator.group}/${evaluator.resource}`;
    let informer = this.#monitors.get(key);
    if (!informer) {
      const resource = yield* this.#find(key);
      if (!resource) return undefined;
      informer = this.#run.informer<KubernetesObject>(resource);
      this.#monitors.set(key, informer);
      this.#run.watch(informer, {
        add: () => {},
        update: (old, object) => {
          if (evaluator.freesUsage(old, object, this.#run.now())) this.#replenish(evaluator, object);
        },
        delete: (object) => this.#replenish(evaluator, object),
      });
    }
    yield* informer.waitForSync();
    return informer;
  }
  *#find(key: string): Process<DiscoveredResource | undefined> {
    if (!this.#resources.has(key)) {
      const { resources } = yield* serverPreferredResources(this.#run.client);
      this.#resources = new Map(resources.map((one) => [`${one.group}/${one.resource}`, one]));
    }
    const found = this.#resources.get(key);
    const possible =
      found?.namespaced && ['create', 'list', 'watch', 'delete'].every((verb) => found.verbs.includes(verb));
    return possible ? found : undefined;
  }
  #replenish(evaluator: Evaluator, { metadata }: KubernetesObject): void {
    for (const quota of this.#quotas.store.list(metadata.namespace)) {
      if (evaluator.matchingResources(Object.keys(quota.status?.hard ?? {})).length > 0)
        this.#queue.add(metaNamespaceKey(quota));
    }
  }
}

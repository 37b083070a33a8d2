/**
 * Puts back what every cluster has and somebody deleted: the API server's own Service with its endpoints, the default range of
 * addresses, the system's namespaces.
 *
 * Upstream looks every 10 s, for namespaces every minute; here a deletion is heard of and made good at that time.
 * Upstream: pkg/controlplane/controller/{kubernetesservice,defaultservicecidr,systemnamespaces} (v1.36)
 */
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import {
  kubernetesServiceObjects,
  putKubernetesService,
  putSystemNamespaces,
  systemNamespaces,
} from '../bootstrap/bootstrap.ts';
import { putSystemObject } from '../generic/system-objects.ts';
import type { ServerAccess } from '../server-access.ts';

interface Kept {
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly periodMs: number;
  /** What puts it back, given how it was at first. */
  readonly restore: (first: KubernetesObject | undefined) => void;
}

const servicePeriodMs = 10_000;
const namespacePeriodMs = 60_000;

function keptObjects(server: ServerAccess): readonly Kept[] {
  const own = kubernetesServiceObjects.map(([group, resource, namespace, name]) => ({
    ...{ group, resource, namespace, name, periodMs: servicePeriodMs },
    restore: () => putKubernetesService(server),
  }));
  const namespaces = systemNamespaces.map((name) => ({
    ...{ group: '', resource: 'namespaces', namespace: '', name, periodMs: namespacePeriodMs },
    restore: () => putSystemNamespaces(server),
  }));
  const endpoints = [
    { group: '', resource: 'endpoints' },
    { group: 'discovery.k8s.io', resource: 'endpointslices' },
  ].map(({ group, resource }) => ({
    ...{ group, resource, namespace: 'default', name: 'kubernetes', periodMs: servicePeriodMs },
    restore: (first: KubernetesObject | undefined) => {
      if (first) putSystemObject(server.services, group, resource, asNew(first));
    },
  }));
  return [...own, ...namespaces, ...endpoints];
}

function asNew(object: KubernetesObject): KubernetesObject {
  const { name, namespace, labels } = object.metadata;
  const metadata = { ...(name ? { name } : {}), ...(namespace ? { namespace } : {}), ...(labels ? { labels } : {}) };
  return { ...object, metadata };
}

/** Watches what is kept; gives what stops it. */
export function followKeptObjects(server: ServerAccess): () => void {
  const { sim, store } = server;
  const began = sim.now();
  const cancels = new Set<() => void>();
  const later = (periodMs: number, restore: () => void) => {
    const cancel = sim.setTimer(
      periodMs - ((sim.now() - began) % periodMs),
      () => {
        cancels.delete(cancel);
        sim.withCause(undefined, restore);
      },
      { background: true },
    );
    cancels.add(cancel);
  };
  const kept = new Map<string, Kept>();
  const firsts = new Map<string, KubernetesObject>();
  for (const one of keptObjects(server)) {
    const key = server.services.stores.store(one.group, one.resource)?.key(one.namespace, one.name);
    if (key === undefined) continue;
    kept.set(key, one);
    const first = store.get(key)?.value;
    if (first) firsts.set(key, first);
  }
  const stopListening = store.onCommit(({ key, type, value }) => {
    const one = kept.get(key);
    if (!one) return;
    if (!firsts.has(key)) firsts.set(key, value);
    if (type === 'delete') later(one.periodMs, () => one.restore(firsts.get(key)));
  });
  return () => {
    stopListening();
    for (const cancel of cancels) cancel();
  };
}

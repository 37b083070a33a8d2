import type { ClusterStore } from '../stores/cluster-store.ts';
import { kindLooks } from '../kinds/registry.ts';
import type { NameSource } from './kubectl-completer.ts';

/** Short names of the types that people abbreviate most. */
const shortNames: Readonly<Record<string, string>> = {
  po: 'pods',
  deploy: 'deployments',
  rs: 'replicasets',
  sts: 'statefulsets',
  ds: 'daemonsets',
  cj: 'cronjobs',
  svc: 'services',
  ing: 'ingresses',
  netpol: 'networkpolicies',
  cm: 'configmaps',
  pvc: 'persistentvolumeclaims',
  pv: 'persistentvolumes',
  sc: 'storageclasses',
  ns: 'namespaces',
  no: 'nodes',
  sa: 'serviceaccounts',
  hpa: 'horizontalpodautoscalers',
  pdb: 'poddisruptionbudgets',
};

/** Types and names from what the page watches: no request, no wait. */
export function clusterNames(cluster: ClusterStore): NameSource {
  const matches = (type: string) => {
    const word = shortNames[type] ?? type;
    return (resource: string, kind: string) =>
      resource === word || resource.split('.')[0] === word || kind.toLowerCase() === word;
  };
  return {
    types: () => {
      const custom = [...cluster.getState().byResource.keys()].map((resource) => resource.split('.')[0] ?? resource);
      return [...new Set([...kindLooks.map((look) => look.ref.resource), ...custom, 'events'])];
    },
    names: (type, namespace) => {
      const fits = matches(type);
      const out: string[] = [];
      for (const view of cluster.getState().byUid.values()) {
        if (!fits(view.resource, view.kind)) continue;
        if (view.namespace === '' || namespace === undefined || view.namespace === namespace) out.push(view.name);
      }
      return out;
    },
  };
}

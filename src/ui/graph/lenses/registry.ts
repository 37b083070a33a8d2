import type { LensName } from '../../stores/settings-store.ts';
import { clusterLens } from './cluster.ts';
import { namespacesLens } from './namespaces.ts';
import { networkLens } from './network.ts';
import { ownershipLens } from './ownership.ts';
import type { Lens } from './scope.ts';
import { storageLens } from './storage.ts';

/** The lenses in the order of their buttons. */
export const lenses: readonly {
  readonly name: LensName;
  readonly title: string;
  readonly about: string;
  readonly lens: Lens;
}[] = [
  { name: 'cluster', title: 'Cluster', about: 'Nodes with their pods and what the pods ask for', lens: clusterLens },
  { name: 'ownership', title: 'Ownership', about: 'Which controller made which object', lens: ownershipLens },
  { name: 'network', title: 'Network', about: 'How requests reach pods', lens: networkLens },
  {
    name: 'storage',
    title: 'Storage',
    about: 'Where data lies: volumes, claims, and the pods that mount them',
    lens: storageLens,
  },
  { name: 'namespaces', title: 'Namespaces', about: 'What each namespace holds', lens: namespacesLens },
];

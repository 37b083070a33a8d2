import type * as corev1 from '../../../api/core/v1.ts';
import { persistentVolumeClaims, persistentVolumes, storageClasses } from '../../../api/resources.ts';
import type * as storagev1 from '../../../api/storage/v1.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { action, onEvent } from '../cluster-event.ts';
import { StateKey } from '../cycle-state.ts';
import { type Handle, type Plugin, skip } from '../framework.ts';
import { nodeLabel } from '../node-labels.ts';
import { notFoundText, storageClassOf, usesClaim } from '../pod-claims.ts';
import { Status } from '../status.ts';

const name = 'VolumeZone';
const conflict = new Status('UnschedulableAndUnresolvable', 'node(s) had no available volume zone', name);

/** The older labels, and what they are called now. */
const topologyLabels: ReadonlyMap<string, string> = new Map([
  ['failure-domain.beta.kubernetes.io/zone', 'topology.kubernetes.io/zone'],
  ['failure-domain.beta.kubernetes.io/region', 'topology.kubernetes.io/region'],
  ['topology.kubernetes.io/zone', 'topology.kubernetes.io/zone'],
  ['topology.kubernetes.io/region', 'topology.kubernetes.io/region'],
]);

interface VolumeTopology {
  readonly key: string;
  readonly values: readonly string[];
}

const stateKey = new StateKey<readonly VolumeTopology[]>(`PreFilter${name}`);

/** The zones a volume says it is in; several are joined by `__`. */
function volumeTopologies(volume: corev1.PersistentVolume): VolumeTopology[] {
  const { labels = {} } = volume.metadata;
  return [...topologyLabels.keys()].flatMap((key) => {
    const values = labels[key]?.split('__').map((value) => value.trim());
    return values && values.every((value) => value !== '') ? [{ key, values }] : [];
  });
}

const refused = (text: string) => new Status('UnschedulableAndUnresolvable', text, name);

/** Only nodes in the zones of the pod's volumes. Upstream: plugins/volumezone/volume_zone.go (v1.36) */
export function newVolumeZone(_: unknown, { informers }: Handle): Plugin {
  const claims = informers.informer(persistentVolumeClaims).store;
  const volumes = informers.informer(persistentVolumes).store;
  const classes = informers.informer(storageClasses).store;

  function topologiesOfClaim(namespace: string, claimName: string): readonly VolumeTopology[] | Status {
    if (claimName === '') return refused('PersistentVolumeClaim had no name');
    const claim = claims.get(`${namespace}/${claimName}`);
    if (!claim) return refused(notFoundText('persistentvolumeclaim', claimName));
    const volumeName = claim.spec?.volumeName;
    if (!volumeName) return unboundClaim(claim);
    const volume = volumes.get(volumeName);
    return volume ? volumeTopologies(volume) : refused(notFoundText('persistentvolume', volumeName));
  }
  function unboundClaim(claim: corev1.PersistentVolumeClaim): readonly VolumeTopology[] | Status {
    const className = storageClassOf(claim);
    if (className === '') return refused('PersistentVolumeClaim had no pv name and storageClass name');
    const mode = classes.get(className)?.volumeBindingMode;
    if (!classes.get(className)) return refused(notFoundText('storageclass.storage.k8s.io', className));
    if (!mode) return refused(`VolumeBindingMode not set for StorageClass "${className}"`);
    return mode === 'WaitForFirstConsumer' ? [] : refused('PersistentVolume had no name');
  }

  return {
    name,
    preFilter: (state, { namespace, claimNames }) => {
      const all: VolumeTopology[] = [];
      for (const claimName of claimNames) {
        const found = topologiesOfClaim(namespace, claimName);
        if (found instanceof Status) return found;
        all.push(...found);
      }
      if (all.length === 0) return skip;
      state.write(stateKey, all);
      return undefined;
    },
    filter: (state, _pod, { node }) => {
      if (![...topologyLabels.keys()].some((key) => nodeLabel(node, key) !== undefined)) return undefined;
      for (const { key, values } of state.read(stateKey)) {
        const value = nodeLabel(node, key) ?? nodeLabel(node, topologyLabels.get(key) ?? key);
        if (value === undefined || !values.includes(value)) return conflict;
      }
      return undefined;
    },
    eventsToRegister: () => [
      onEvent<storagev1.StorageClass>('StorageClass', action.add, (_pod, _old, added) => {
        return added?.volumeBindingMode === 'WaitForFirstConsumer';
      }),
      onEvent('Node', action.add | action.updateNodeLabel),
      onEvent<corev1.PersistentVolumeClaim>('PersistentVolumeClaim', action.add | action.update, (pod, _old, claim) =>
        usesClaim(pod, claim),
      ),
      onEvent<corev1.PersistentVolume>('PersistentVolume', action.add | action.update, (_pod, old, volume) => {
        return !old || !volume || !deepEqual(volumeTopologies(old), volumeTopologies(volume));
      }),
    ],
  };
}

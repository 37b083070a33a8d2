/** The admission plugins, in upstream's order. Upstream: pkg/kubeapiserver/options/plugins.go AllOrderedPlugins (v1.36) */
import type { Random } from '../../sim/random.ts';
import type { StoreFinder } from '../generic/server-services.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';
import type { AdmissionPlugin } from './admission.ts';
import { defaultIngressClass, defaultStorageClass } from './default-classes.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { limitRanger } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { persistentVolumeClaimResize } from './persistent-volume-claim-resize.ts';
import { priority } from './priority.ts';
import { resourceQuota } from './resource-quota.ts';
import { runtimeClass } from './runtime-class.ts';
import { serviceAccountAdmission } from './service-account.ts';
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition.ts';

export function admissionPlugins(objects: ObjectReader & StoreFinder, random: Random): readonly AdmissionPlugin[] {
  return [
    namespaceLifecycle(objects),
    limitRanger(objects),
    serviceAccountAdmission(objects, random),
    taintNodesByCondition,
    priority(objects),
    defaultTolerationSeconds,
    defaultStorageClass(objects),
    storageObjectInUseProtection,
    persistentVolumeClaimResize(objects),
    runtimeClass(objects),
    defaultIngressClass(objects),
    resourceQuota(objects, objects),
  ];
}

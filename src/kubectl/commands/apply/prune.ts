import { errorText } from '../../../apimachinery/error-text.ts';
import { KubectlError } from '../../errors.ts';
import type { Process } from '../../../process/process.ts';
import { lastAppliedOf } from '../../last-applied.ts';
import { itemsOf, metaOf, nameOf } from '../../object.ts';
import type { DryRun, PrintObject } from '../../options.ts';
import type { Factory } from '../../factory.ts';
import type { Discovery, RestMapping } from '../../rest/discovery.ts';

const defaultNamespaced = [
  'core/v1/ConfigMap',
  'core/v1/Endpoints',
  'core/v1/PersistentVolumeClaim',
  'core/v1/Pod',
  'core/v1/ReplicationController',
  'core/v1/Secret',
  'core/v1/Service',
  'batch/v1/Job',
  'batch/v1/CronJob',
  'networking.k8s.io/v1/Ingress',
  'apps/v1/DaemonSet',
  'apps/v1/Deployment',
  'apps/v1/ReplicaSet',
  'apps/v1/StatefulSet',
];
const defaultClusterWide = ['core/v1/Namespace', 'core/v1/PersistentVolume'];

/** The resources that `--prune` looks through. @throws KubectlError for a malformed `--prune-allowlist` */
export function pruneMappings(discovery: Discovery, allowlist: readonly string[]): RestMapping[] {
  const names = allowlist.length > 0 ? allowlist : [...defaultNamespaced, ...defaultClusterWide];
  return names.map((name) => {
    const parts = name.split('/');
    const [group = '', version = '', kind = ''] = parts;
    if (parts.length !== 3) {
      throw new KubectlError(`invalid GroupVersionKind format: ${name}, please follow <group/version/kind>`);
    }
    return discovery.mappingFor({ group: group === 'core' ? '' : group, version, kind });
  });
}

export interface PruneOptions {
  readonly factory: Factory;
  readonly mappings: readonly RestMapping[];
  readonly namespaces: ReadonlySet<string>;
  /** Uids of what was applied. */
  readonly visited: ReadonlySet<string>;
  readonly labelSelector: string;
  readonly dryRun: DryRun;
  readonly deleteOptions: Readonly<Record<string, unknown>>;
  readonly print: PrintObject;
}

/** Deletes what was applied once and is in no file any more. Upstream: kubectl/pkg/cmd/apply/prune.go (v1.36) */
export function* prune(options: PruneOptions): Process<void> {
  const { mappings, namespaces } = options;
  for (const namespace of namespaces) {
    for (const mapping of mappings.filter((one) => one.namespaced)) {
      yield* pruneOne(options, mapping, namespace, 'namespaced');
    }
  }
  for (const mapping of mappings.filter((one) => !one.namespaced))
    yield* pruneOne(options, mapping, '', 'nonNamespaced');
}

function* pruneOne(options: PruneOptions, mapping: RestMapping, namespace: string, scope: string): Process<void> {
  const { factory, visited, labelSelector, dryRun, deleteOptions, print } = options;
  const helper = factory.helper(mapping, { dryRun: dryRun === 'server' });
  try {
    for (const item of itemsOf(yield* helper.list(namespace, { labelSelector }))) {
      if (lastAppliedOf(item) === undefined || visited.has(metaOf(item).uid ?? '')) continue;
      if (dryRun !== 'client') yield* helper.delete(namespace, nameOf(item), deleteOptions);
      yield* print(item);
    }
  } catch (error) {
    const gvk = `${mapping.group}/${mapping.version}, Kind=${mapping.kind}`;
    throw new KubectlError(`error pruning ${scope} object ${gvk}: ${errorText(error)}`);
  }
}

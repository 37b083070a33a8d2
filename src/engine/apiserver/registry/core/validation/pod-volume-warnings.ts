/** Warnings about a pod's volumes. Upstream: pkg/api/pod/warnings.go (v1.36) */
import type * as corev1 from '../../../../../api/core/v1.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { quote } from '../../../../../apimachinery/go-format.ts';
import { getWarningsForPersistentVolumeClaimSpec } from './volume-warnings.ts';

const gonePlugins = [
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['ephemeral', 'ephemeral', ''],
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
] as const;

/** A file and where it comes from. */
interface Source {
  readonly path: string;
  readonly source: string;
}

const trimSlashes = (path: string): string => path.replace(/\/+$/, '');
const show = ({ path, source }: Source): string => (source === '' ? quote(path) : `${quote(path)} (${source})`);

function collides(a: string, b: string): boolean {
  if (a === '') return false;
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

/** What each file stands in the way of, among those before it. */
function overlaps(sources: readonly Source[], known: Source[]): string[] {
  const out: string[] = [];
  for (const { path: given, source } of sources) {
    const one = { path: trimSlashes(given), source };
    for (const other of one.path === '' ? [] : known) {
      if (collides(other.path, one.path)) out.push(`${show(one)} with ${show(other)}`);
    }
    known.push(one);
  }
  return out;
}

const pathsOf = (items: readonly { readonly path: string }[] | undefined, source: string): Source[] =>
  (items ?? []).map(({ path }) => ({ path, source }));

function projectedPaths(projection: corev1.VolumeProjection): Source[] {
  const {
    configMap,
    secret,
    downwardAPI,
    serviceAccountToken,
    clusterTrustBundle: bundle,
    podCertificate,
  } = projection;
  if (configMap?.items) return pathsOf(configMap.items, `ConfigMap ${quote(configMap.name ?? '')}`);
  if (secret?.items) return pathsOf(secret.items, `Secret ${quote(secret.name ?? '')}`);
  if (downwardAPI?.items) return pathsOf(downwardAPI.items, 'DownwardAPI');
  if (serviceAccountToken) return pathsOf([serviceAccountToken], 'ServiceAccountToken');
  if (bundle) return pathsOf([bundle], `ClusterTrustBundle ${quote(bundle.name ?? bundle.signerName ?? '')}`);
  return [
    { path: podCertificate?.certificateChainPath ?? '', source: 'PodCertificate chain' },
    { path: podCertificate?.keyPath ?? '', source: 'PodCertificate key' },
    { path: podCertificate?.credentialBundlePath ?? '', source: 'PodCertificate credential bundle' },
  ].filter(({ path }) => path !== '');
}

function overlapWarnings(volume: corev1.Volume): string[] {
  const { name, configMap, secret, downwardAPI, projected } = volume;
  const warn = (what: string, texts: readonly string[]): string[] =>
    texts.map((text) => `volume ${quote(name)} (${what}): overlapping paths: ${text}`);
  const warnings: string[] = [];
  if (configMap?.items)
    warnings.push(...warn(`ConfigMap ${quote(configMap.name ?? '')}`, overlaps(pathsOf(configMap.items, ''), [])));
  if (secret?.items)
    warnings.push(...warn(`Secret ${quote(secret.secretName ?? '')}`, overlaps(pathsOf(secret.items, ''), [])));
  if (downwardAPI?.items) warnings.push(...warn('DownwardAPI', overlaps(pathsOf(downwardAPI.items, ''), [])));
  if (!projected?.sources) return warnings;
  const known: Source[] = [];
  for (const projection of projected.sources) {
    if (Object.values(projection).every((source) => source === undefined)) {
      warnings.push(`volume ${quote(name)} (Projected) has no sources provided`);
    } else warnings.push(...warn('Projected', overlaps(projectedPaths(projection), known)));
  }
  return warnings;
}

/** Warnings about volumes; `path` is the spec's. */
export function podVolumeWarnings(path: Path, volumes: readonly corev1.Volume[]): string[] {
  const warnings: string[] = [];
  for (const [i, volume] of volumes.entries()) {
    for (const [name, shown, why] of gonePlugins) {
      if (volume[name] === undefined) continue;
      const at = path.child('volumes').index(i).child(shown);
      const claim = volume.ephemeral?.volumeClaimTemplate;
      if (name !== 'ephemeral') warnings.push(`${at}: ${why}`);
      else if (claim) {
        warnings.push(...getWarningsForPersistentVolumeClaimSpec(at.child('volumeClaimTemplate', 'spec'), claim.spec));
      }
    }
  }
  for (const volume of volumes) {
    if (volume.configMap ?? volume.secret ?? volume.downwardAPI ?? volume.projected) {
      warnings.push(...overlapWarnings(volume));
    }
  }
  return warnings;
}

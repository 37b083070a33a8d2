/** Volumes whose files the kubelet writes: ConfigMap, Secret, downward API and projections of them. */
import { decodeBase64 } from '../../../apimachinery/base64.ts';
import type * as authenticationv1 from '../../../api/authentication/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { serviceAccounts } from '../../../api/resources.ts';
import { errorText } from '../../../apimachinery/error-text.ts';
import { StatusError } from '../../../apimachinery/status-error.ts';
import { parseTime } from '../../../apimachinery/time.ts';
import type { Process } from '../../../process/process.ts';
import { createFileSystem } from '../../../shell/memory-file-system.ts';
import { encode } from '../../../shell/text.ts';
import { ConfigNotFoundError } from '../config-source.ts';
import { fieldValue } from '../environment/field-path.ts';
import { defaultLimits, resourceFieldValue } from '../environment/resource-field.ts';
import { getContainerSpec } from '../kubelet-host.ts';
import { AtomicWriter, type FileProjection } from './atomic-writer.ts';
import { type KeyProjection, makePayload } from './key-projection.ts';
import { type MountedVolume, type VolumeContext, VolumeError, type VolumePlugin } from './mounted-volume.ts';

type Files = Map<string, FileProjection>;

const defaultMode = 0o644;

/** A volume that is written anew whenever what `collect` gives has changed. */
function* contentVolume(context: VolumeContext, type: string, collect: () => Process<Files>): Process<MountedVolume> {
  const { host, pod } = context;
  const fs = createFileSystem({ now: () => host.sim.now(), type });
  fs.chmod('/', type === 'tmpfs' ? 0o1777 : 0o777);
  const writer = new AtomicWriter(fs, host.sim, pod.spec?.securityContext?.fsGroup);
  writer.write(yield* collect());
  const update = function* (): Process<void> {
    writer.write(yield* collect());
  };
  return { fs, root: '/', readOnly: true, type, update };
}

export const configMapVolume: VolumePlugin = (context) =>
  contentVolume(context, 'ext4', () =>
    configMapFiles(context, context.volume.configMap ?? {}, context.volume.configMap?.defaultMode),
  );

export const secretVolume: VolumePlugin = (context) => {
  const source = context.volume.secret ?? {};
  const { secretName, ...rest } = source;
  const named = secretName === undefined ? rest : { ...rest, name: secretName };
  return contentVolume(context, 'tmpfs', () => secretFiles(context, named, source.defaultMode));
};

export const downwardAPIVolume: VolumePlugin = (context) =>
  contentVolume(context, 'tmpfs', () =>
    downwardFiles(context, context.volume.downwardAPI?.items ?? [], context.volume.downwardAPI?.defaultMode),
  );

export const projectedVolume: VolumePlugin = (context) => {
  const tokens = new TokenCache(context);
  return contentVolume(context, 'tmpfs', () => projectedFiles(context, tokens));
};

function* projectedFiles(context: VolumeContext, tokens: TokenCache): Process<Files> {
  const { sources = [], defaultMode: mode = defaultMode } = context.volume.projected ?? {};
  const files: Files = new Map();
  for (const [index, source] of sources.entries()) {
    if (source.configMap) addAll(files, yield* configMapFiles(context, source.configMap, mode));
    if (source.secret) addAll(files, yield* secretFiles(context, source.secret, mode));
    if (source.downwardAPI) addAll(files, yield* downwardFiles(context, source.downwardAPI.items ?? [], mode));
    if (source.serviceAccountToken) {
      const data = yield* tokens.get(index, source.serviceAccountToken);
      files.set(source.serviceAccountToken.path, { data, ...tokenAccess(context.pod, mode) });
    }
  }
  return files;
}

/** Tokens are for the pod's user and group only, when it has them. Upstream: pkg/volume/projected/projected.go collectData */
function tokenAccess(pod: corev1.Pod, mode: number): { readonly mode: number; readonly uid?: number } {
  const uid = fsUserFrom(pod);
  if (uid === undefined && pod.spec?.securityContext?.fsGroup === undefined) return { mode };
  return { mode: 0o600, ...(uid === undefined ? {} : { uid }) };
}

/** The user that all containers run as, if it is one. Upstream: pkg/volume/util FsUserFrom */
function fsUserFrom(pod: corev1.Pod): number | undefined {
  const { securityContext, initContainers = [], containers = [] } = pod.spec ?? { containers: [] };
  const users = new Set(
    [...initContainers, ...containers].map((each) => each.securityContext?.runAsUser ?? securityContext?.runAsUser),
  );
  return users.size === 1 ? [...users][0] : undefined;
}

function addAll(into: Files, more: Files): void {
  for (const [path, file] of more) into.set(path, file);
}

interface NamedSource {
  readonly name?: string;
  readonly items?: readonly corev1.KeyToPath[];
  readonly optional?: boolean;
}

const projection = (kind: KeyProjection['kind'], source: NamedSource, mode: number | undefined): KeyProjection => ({
  kind,
  items: source.items,
  defaultMode: mode ?? defaultMode,
  optional: source.optional ?? false,
});

function* configMapFiles(context: VolumeContext, source: NamedSource, mode: number | undefined): Process<Files> {
  const { config, pod } = context;
  const found = yield* orNone(config.configMap(pod.metadata.namespace ?? '', source.name ?? ''), source.optional);
  const data = new Map<string, Uint8Array>();
  for (const [key, text] of Object.entries(found?.data ?? {})) data.set(key, encode(text));
  for (const [key, text] of Object.entries(found?.binaryData ?? {})) data.set(key, decodeBase64(text));
  return makePayload(data, projection('configmap', source, mode));
}

function* secretFiles(context: VolumeContext, source: NamedSource, mode: number | undefined): Process<Files> {
  const { config, pod } = context;
  const found = yield* orNone(config.secret(pod.metadata.namespace ?? '', source.name ?? ''), source.optional);
  const data = new Map<string, Uint8Array>();
  for (const [key, text] of Object.entries(found?.data ?? {})) data.set(key, decodeBase64(text));
  return makePayload(data, projection('secret', source, mode));
}

function* orNone<T>(read: Process<T>, optional: boolean | undefined): Process<T | undefined> {
  try {
    return yield* read;
  } catch (error) {
    if (optional && error instanceof ConfigNotFoundError) return undefined;
    throw new VolumeError(errorText(error));
  }
}

function* downwardFiles(
  context: VolumeContext,
  items: readonly corev1.DownwardAPIVolumeFile[],
  mode: number | undefined,
): Process<Files> {
  const files: Files = new Map();
  for (const item of items) {
    files.set(item.path, { data: encode(downwardValue(context, item)), mode: item.mode ?? mode ?? defaultMode });
  }
  return files;
}

function downwardValue(context: VolumeContext, item: corev1.DownwardAPIVolumeFile): string {
  const { pod, addresses, allocatable } = context;
  if (item.fieldRef) return fieldValue(pod, item.fieldRef.fieldPath, addresses());
  if (!item.resourceFieldRef) return '';
  const container = getContainerSpec(pod, item.resourceFieldRef.containerName ?? '');
  if (!container) throw new VolumeError(`container ${item.resourceFieldRef.containerName ?? ''} not found`);
  return resourceFieldValue(item.resourceFieldRef, { container, allocatable: defaultLimits(pod, allocatable()) });
}

interface KnownToken {
  /** The token's bytes: signing is left until somebody reads the file. */
  readonly token: () => Uint8Array;
  readonly issuedMs: number;
  readonly expiresMs: number;
}

const maxTokenAgeMs = 86_400_000;

/**
 * Service account tokens of one volume, renewed when four fifths of their time are over or after a day.
 *
 * Upstream: pkg/kubelet/token/token_manager.go (v1.36)
 */
class TokenCache {
  readonly #context: VolumeContext;
  readonly #tokens = new Map<number, KnownToken>();

  constructor(context: VolumeContext) {
    this.#context = context;
  }

  /** @throws VolumeError `failed to fetch token: …` */
  *get(index: number, source: corev1.ServiceAccountTokenProjection): Process<() => Uint8Array> {
    const now = this.#context.host.sim.now();
    const known = this.#tokens.get(index);
    if (known && !isOld(known, now)) return known.token;
    const status = yield* this.#request(source);
    const expiresMs = status.expirationTimestamp ? parseTime(status.expirationTimestamp) : now + 3_600_000;
    const token = () => encode(status.token ?? '');
    this.#tokens.set(index, { token, issuedMs: now, expiresMs });
    return token;
  }

  *#request(source: corev1.ServiceAccountTokenProjection): Process<authenticationv1.TokenRequestStatus> {
    const { host, pod } = this.#context;
    const { namespace, name = '', uid = '' } = pod.metadata;
    const body: authenticationv1.TokenRequest = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: {},
      spec: {
        ...(source.audience ? { audiences: [source.audience] } : {}),
        expirationSeconds: source.expirationSeconds ?? 3600,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
      },
    };
    const account = pod.spec?.serviceAccountName ?? 'default';
    try {
      const client = host.client.resource(serviceAccounts, namespace);
      const answer = yield* client.createSubresource<authenticationv1.TokenRequest>(account, 'token', body);
      return answer.status ?? {};
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      throw new VolumeError(`failed to fetch token: ${error.message}`);
    }
  }
}

function isOld({ issuedMs, expiresMs }: KnownToken, now: number): boolean {
  return now > issuedMs + 0.8 * (expiresMs - issuedMs) || now - issuedMs > maxTokenAgeMs;
}

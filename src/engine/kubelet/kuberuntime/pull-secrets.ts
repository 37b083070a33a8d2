/** By which names and passwords a pod's images are pulled. */
import type * as corev1 from '../../../api/core/v1.ts';
import { decodeBase64 } from '../../../apimachinery/base64.ts';
import { compareStrings } from '../../../apimachinery/go-format.ts';
import type { Process } from '../../../process/process.ts';
import { decode } from '../../../shell/text.ts';
import type { RegistryAuth } from '../../runtime/runtime-service.ts';
import type { ConfigSource } from '../config-source.ts';
import { type KubeletHost, recordPodEvent } from '../kubelet-host.ts';

const defaultRegistry = 'index.docker.io';

/** The secrets that a pod names for its pulls; tells of those that are not there. Upstream: pkg/kubelet/kubelet_pods.go getPullSecretsForPod (v1.36) */
export function* getPullSecretsForPod(
  host: KubeletHost,
  config: ConfigSource,
  pod: corev1.Pod,
): Process<readonly corev1.Secret[]> {
  const found: corev1.Secret[] = [];
  const failed: string[] = [];
  for (const { name = '' } of pod.spec?.imagePullSecrets ?? []) {
    if (name === '') continue;
    try {
      found.push(yield* config.secret(pod.metadata.namespace ?? '', name));
    } catch {
      failed.push(name);
    }
  }
  if (failed.length > 0) {
    const text = `Unable to retrieve some image pull secrets (${failed.join(', ')}); attempting to pull the image may not succeed.`;
    recordPodEvent(host, pod, 'Warning', 'FailedToRetrieveImagePullSecret', text);
  }
  return found;
}

interface Entry {
  readonly key: string;
  readonly auth: RegistryAuth;
}

/**
 * What of the secrets is for an image, the most particular place first.
 *
 * Upstream: pkg/credentialprovider/keyring.go BasicDockerKeyring (v1.36)
 */
export function lookupCredentials(image: string, secrets: readonly corev1.Secret[]): readonly RegistryAuth[] {
  const entries = secrets.flatMap(entriesOf).sort((a, b) => compareStrings(b.key, a.key));
  const matching = entries.filter(({ key }) => urlsMatch(key, image));
  const chosen =
    matching.length > 0 ? matching : entries.filter(({ key }) => key === defaultRegistry && isDefault(image));
  return chosen.map(({ auth }) => auth);
}

function entriesOf({ data = {} }: corev1.Secret): readonly Entry[] {
  const text = data['.dockerconfigjson'] ?? data['.dockercfg'];
  if (text === undefined) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(decode(decodeBase64(text)));
  } catch {
    return [];
  }
  const config = data['.dockerconfigjson'] === undefined ? parsed : (parsed as { auths?: unknown } | null)?.auths;
  if (typeof config !== 'object' || config === null) return [];
  return Object.entries(config).flatMap(([place, value]) => {
    const auth = authOf(value as { username?: string; password?: string; auth?: string } | null);
    return auth ? [{ key: keyOf(place), auth }] : [];
  });
}

function authOf(
  value: { readonly username?: string; readonly password?: string; readonly auth?: string } | null,
): RegistryAuth | undefined {
  if (value?.auth) {
    const [username = '', ...password] = decode(decodeBase64(value.auth)).split(':');
    return { username, password: password.join(':') };
  }
  return value ? { username: value.username ?? '', password: value.password ?? '' } : undefined;
}

/** Host and path of an entry: a scheme, and `/v1/` or `/v2/`, say nothing. */
function keyOf(place: string): string {
  const [, host = '', path = ''] = /^(?:https?:\/\/)?([^/]*)(.*)$/.exec(place) ?? [];
  const effective = /^\/v[12]\//.test(path) ? path.slice(3) : path;
  return effective === '/' ? host : host + effective;
}

/** Whether an entry's place, whose host may have wildcards, is an image's. Upstream: URLsMatch */
function urlsMatch(glob: string, image: string): boolean {
  const parts = (text: string) => {
    const slash = text.indexOf('/');
    const [host = '', port = ''] = (slash < 0 ? text : text.slice(0, slash)).split(':');
    return { labels: host.split('.'), port, path: slash < 0 ? '' : text.slice(slash) };
  };
  const [wanted, given] = [parts(glob), parts(image)];
  if (wanted.port !== given.port || wanted.labels.length !== given.labels.length) return false;
  if (!given.path.startsWith(wanted.path)) return false;
  return wanted.labels.every((label, i) => matches(label, given.labels[i] ?? ''));
}

const matches = (glob: string, text: string): boolean =>
  new RegExp(
    `^${glob
      .replaceAll(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '[^/]*')
      .replaceAll('?', '[^/]')}$`,
  ).test(text);

/** Upstream: isDefaultRegistryMatch */
function isDefault(image: string): boolean {
  const [first = '', ...rest] = image.split('/');
  if (rest.length === 0 || first === 'docker.io' || first === defaultRegistry) return first !== '';
  return !/[.:]/.test(first);
}

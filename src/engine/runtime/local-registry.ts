/** Registries on the node itself (`localhost:5000`): asked over its network, as containerd asks them. */
import { encodeBase64 } from '../../apimachinery/base64.ts';
import { formatImageReference, type ImageReference } from '../../apimachinery/image-reference.ts';
import type { Process } from '../../process/process.ts';
import { HttpError } from '../../shell/http.ts';
import { httpRequest } from '../../shell/http-client.ts';
import { NetworkError, type NetworkStack } from '../../shell/network-stack.ts';
import { encode } from '../../shell/text.ts';
import { type RegistryAuth, RuntimeError } from './runtime-service.ts';

/** Whether a registry is asked over the node's network, without TLS. */
export function isLocalRegistry({ registry }: ImageReference): boolean {
  const [host = ''] = registry.split(':');
  return host === 'localhost' || host.startsWith('127.');
}

/** Asks for an image's manifest. @throws RuntimeError in containerd's words when it is not given */
export function* askLocalRegistry(
  network: NetworkStack,
  reference: ImageReference,
  auth: RegistryAuth | undefined,
): Process<void> {
  const { registry, repository, digest, tag = 'latest' } = reference;
  const name = formatImageReference(reference);
  const url = `http://${registry}/v2/${repository}/manifests/${digest ?? tag}`;
  const fail = (code: RuntimeError['code'], why: string): RuntimeError =>
    new RuntimeError(code, `failed to pull and unpack image "${name}": failed to resolve reference "${name}": ${why}`);
  const basic = auth && `Basic ${encodeBase64(encode(`${auth.username}:${auth.password}`))}`;
  let status: number;
  try {
    const headers = basic === undefined ? {} : { Authorization: basic };
    ({ status } = yield* httpRequest(network, { url, method: 'HEAD', headers }));
  } catch (error) {
    if (!(error instanceof NetworkError) && !(error instanceof HttpError)) throw error;
    const port = registry.split(':')[1] ?? '80';
    throw fail(
      'Unknown',
      `failed to do request: Head "${url}": dial tcp 127.0.0.1:${port}: connect: connection refused`,
    );
  }
  if (status < 400) return;
  if (status === 404) throw fail('NotFound', `${name}: not found`);
  const denied = 'pull access denied, repository does not exist or may require authorization: authorization failed';
  if (status === 401 && !auth) throw fail('Unknown', `${denied}: no basic auth credentials`);
  const text = status === 401 ? '401 Unauthorized' : String(status);
  throw fail('Unknown', `unexpected status from HEAD request to ${url}: ${text}`);
}

/**
 * Conversion between versions by a webhook. Upstream: apiextensions-apiserver/pkg/apiserver/conversion/webhook_converter.go (v1.36).
 * Differs: a webhook in the cluster is not asked; its objects change their version only.
 */
import type * as apiextensionsv1 from '../../../api/apiextensions/v1.ts';
import { quote } from '../../../apimachinery/go-format.ts';
import { newStatusError } from '../../../apimachinery/status-error.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';

/** Refuses a conversion whose webhook cannot be reached. @throws StatusError */
export function checkConversion(
  { spec }: apiextensionsv1.CustomResourceDefinition,
  fromVersion: string,
  kind: string,
  objects: ObjectReader,
): void {
  const { strategy, webhook } = spec.conversion ?? {};
  if (strategy !== 'Webhook') return;
  const why = unreachable(webhook?.clientConfig, objects);
  if (why === undefined) return;
  const message = `conversion webhook for ${spec.group}/${fromVersion}, Kind=${kind} failed: ${why}`;
  throw newStatusError({ code: 500, reason: '', message });
}

function unreachable(
  config: apiextensionsv1.WebhookClientConfig | undefined,
  objects: ObjectReader,
): string | undefined {
  const { service, url = '' } = config ?? {};
  if (service) {
    const { name, namespace, port = 443, path = '' } = service;
    if (objects.get('', 'services', namespace, name)) return undefined;
    const address = `https://${name}.${namespace}.svc:${port}${path}?timeout=30s`;
    return `Post ${quote(address)}: service ${quote(name)} not found`;
  }
  const { host, hostname, port } = new URL(url);
  const dialed = port === '' ? `${hostname}:443` : host;
  return `Post ${quote(`${url}?timeout=30s`)}: dial tcp ${dialed}: connect: connection refused`;
}

/** Asks one webhook about one request. Upstream: admission/plugin/webhook/request, apiserver/pkg/util/webhook (v1.36) */
import type * as admissionv1 from '../../../../api/admissionregistration/v1.ts';
import { quote } from '../../../../apimachinery/go-format.ts';
import { isJsonObject, type JsonObject } from '../../../../apimachinery/json-value.ts';
import type { Process } from '../../../../process/process.ts';
import { suspend } from '../../../../process/process.ts';
import type { OutwardAnswer, OutwardTarget, ServiceResolver } from '../../outward.ts';
import type { ObjectReader } from '../../registry/strategy-context.ts';

/** A webhook that gave no usable answer. */
export class WebhookCallError extends Error {}

/** What webhooks need of their server. */
export interface WebhookServer {
  readonly objects: ObjectReader;
  serviceResolver(): ServiceResolver | undefined;
  uid(): string;
}

interface Place {
  readonly target: OutwardTarget;
  readonly path: string;
  /** As errors show it. */
  readonly url: string;
  readonly host: string;
}

function placeOf({ service, url = '' }: admissionv1.WebhookClientConfig): Place {
  if (!service) {
    const parsed = new URL(url);
    const host = parsed.port === '' ? `${parsed.hostname}:443` : parsed.host;
    return { target: { kind: 'url', url }, path: `${parsed.pathname}${parsed.search}`, url, host };
  }
  const { name, namespace, port = 443, path = '' } = service;
  const host = `${name}.${namespace}.svc:${port}`;
  const rooted = path === '' || path.startsWith('/') ? path : `/${path}`;
  return {
    target: { kind: 'service', namespace, name, port },
    path: rooted || '/',
    url: `https://${host}${rooted}`,
    host,
  };
}

/** Posts a body to a webhook; gives the decoded answer. @throws WebhookCallError */
export function* callWebhook(
  config: admissionv1.WebhookClientConfig,
  body: object,
  timeoutSeconds: number,
  server: WebhookServer,
): Process<JsonObject> {
  const { target, path, url, host } = placeOf(config);
  const query = `${path.includes('?') ? '&' : '?'}timeout=${timeoutSeconds}s`;
  const failed = (why: string) =>
    new WebhookCallError(`failed to call webhook: Post ${quote(`${url}${query}`)}: ${why}`);
  if (target.kind === 'service' && !server.objects.get('', 'services', target.namespace, target.name)) {
    throw failed(`service ${quote(target.name)} not found`);
  }
  const resolver = server.serviceResolver();
  if (!resolver) throw failed(`dial tcp ${host}: connect: connection refused`);
  const request = {
    method: 'POST',
    path: `${path}${query}`,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
  };
  const answer = yield* suspend<OutwardAnswer>((resume, fail) =>
    resolver.request(target, request, resume, (why) => fail(failed(why))),
  );
  if (answer.status >= 400) {
    throw new WebhookCallError(`failed to call webhook: ${statusText(answer)}`);
  }
  try {
    const parsed: unknown = JSON.parse(answer.body);
    if (isJsonObject(parsed)) return parsed;
  } catch {
    // What is no JSON is told below.
  }
  throw new WebhookCallError("failed to call webhook: couldn't get version/kind; json parse error");
}

function statusText({ status, body }: OutwardAnswer): string {
  if (status === 404) return 'the server could not find the requested resource';
  const text = body.trim();
  return text === '' ? `an error on the server ("unknown") has prevented the request from succeeding` : text;
}

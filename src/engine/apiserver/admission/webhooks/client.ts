/** Posts a review to a webhook, in the cluster or outside. Upstream: apiserver/pkg/util/webhook/client.go, client-go/rest/request.go (v1.36) */
import type * as admissionv1 from '../../../../api/admissionregistration/v1.ts';
import { quote } from '../../../../apimachinery/go-format.ts';
import { isJsonObject, type JsonObject } from '../../../../apimachinery/json-value.ts';
import { pemBlocks } from '../../../../apimachinery/pem.ts';
import { withTimeout, TimeoutError } from '../../../../process/combinators.ts';
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

function placeOf({ service, url = '', caBundle }: admissionv1.WebhookClientConfig): Place {
  const authority = caBundle ? { caBundle: decodeBundle(caBundle) } : {};
  if (!service) {
    const parsed = new URL(url);
    const host = parsed.port === '' ? `${parsed.hostname}:443` : parsed.host;
    const tls = { serverName: parsed.hostname, ...authority };
    return { target: { kind: 'url', url, tls }, path: `${parsed.pathname}${parsed.search}`, url, host };
  }
  const { name, namespace, port = 443, path = '' } = service;
  const serverName = `${name}.${namespace}.svc`;
  const rooted = path === '' || path.startsWith('/') ? path : `/${path}`;
  const host = `${serverName}:${port}`;
  return {
    target: { kind: 'service', namespace, name, port, tls: { serverName, ...authority } },
    path: rooted || '/',
    url: `https://${host}${rooted}`,
    host,
  };
}

function decodeBundle(base64: string): string {
  let text: string;
  try {
    text = atob(base64);
  } catch {
    text = '';
  }
  if (![...pemBlocks(text)].some(({ type }) => type === 'CERTIFICATE')) {
    throw new WebhookCallError('unable to load root certificates: unable to parse bytes as PEM block');
  }
  return text;
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
  const failed = (why: string) => new WebhookCallError(`Post ${quote(`${url}${query}`)}: ${why}`);
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
  const call = suspend<OutwardAnswer>((resume, fail) =>
    resolver.request(target, request, resume, (why) => fail(failed(why))),
  );
  let answer: OutwardAnswer;
  try {
    answer = yield* withTimeout(timeoutSeconds * 1000, call);
  } catch (error) {
    if (error instanceof TimeoutError) throw failed('context deadline exceeded');
    throw error;
  }
  return answerOf(answer);
}

function answerOf(answer: OutwardAnswer): JsonObject {
  if (answer.status >= 400) throw new WebhookCallError(statusText(answer));
  let parsed: unknown;
  try {
    parsed = JSON.parse(answer.body);
  } catch (error) {
    const why = answer.body === '' ? 'unexpected end of JSON input' : (error as Error).message;
    throw new WebhookCallError(`couldn't get version/kind; json parse error: ${why}`);
  }
  if (!isJsonObject(parsed) || !parsed['kind']) {
    throw new WebhookCallError("Object 'Kind' is missing in '" + answer.body + "'");
  }
  return parsed;
}

/** Upstream: client-go/rest/request.go newUnstructuredResponseError */
function statusText({ status, body }: OutwardAnswer): string {
  const own = statusMessage(body);
  if (own !== undefined) return own;
  if (status === 404) return 'the server could not find the requested resource';
  if (status === 400) return 'the server rejected our request for an unknown reason';
  if (status === 401) return 'the server has asked for the client to provide credentials';
  if (status === 403) return body.trim() || 'unknown';
  if (status === 405) return 'the server does not allow this method on the requested resource';
  if (status === 503) return 'the server is currently unable to handle the request';
  if (status === 504)
    return 'the server was unable to return a response in the time allotted, but may still be processing the request';
  return `an error on the server (${quote(body.trim() || 'unknown')}) has prevented the request from succeeding`;
}

function statusMessage(body: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    if (!isJsonObject(parsed) || parsed['kind'] !== 'Status') return undefined;
    return typeof parsed['message'] === 'string' ? parsed['message'] : undefined;
  } catch {
    return undefined;
  }
}

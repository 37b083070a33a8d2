/** Passes requests on to the service of an APIService. Upstream: kube-aggregator/pkg/apiserver/handler_proxy.go (v1.36). Differs: an answer is passed on when it is whole. */
import type * as apiregistrationv1 from '../../../api/apiregistration/v1.ts';
import type { Exchange, UserInfo } from '../../../protocol/rest.ts';
import { forwardedHeaders } from '../connect/forwarded-headers.ts';
import { reply, replyText } from '../handlers/respond.ts';
import type { OutwardAnswer, OutwardTarget, ServiceResolver } from '../outward.ts';
import type { RequestContext } from '../request-context.ts';

type Spec = apiregistrationv1.APIServiceSpec;

/** What a service may hear: who asks is told by the API server alone. */
function withoutIdentity(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('x-remote-')));
}

/** Who asks, in the words of an authenticating proxy. Upstream: client-go/transport/round_trippers.go SetAuthProxyHeaders */
export function authProxyHeaders({ username, uid, groups, extra }: UserInfo): Record<string, string> {
  const more = Object.entries(extra ?? {}).map(([key, values]) => [
    `x-remote-extra-${encodeURIComponent(key.toLowerCase())}`,
    values.join(', '),
  ]);
  return {
    'x-remote-user': username,
    ...(uid ? { 'x-remote-uid': uid } : {}),
    ...(groups.length > 0 ? { 'x-remote-group': groups.join(', ') } : {}),
    ...(Object.fromEntries(more) as Record<string, string>),
  };
}

/** The service of an APIService, over TLS. */
export function targetOf({ service, insecureSkipTLSVerify, caBundle }: Spec): OutwardTarget {
  const { namespace = '', name = '', port = 443 } = service ?? {};
  const tls = {
    serverName: `${name}.${namespace}.svc`,
    ...(insecureSkipTLSVerify ? { insecure: true } : {}),
    ...(caBundle ? { caBundle: atob(caBundle) } : {}),
  };
  return { kind: 'service', namespace, name, port, tls };
}

/** Passes a request on and answers it. */
export function proxyRequest(
  resolver: ServiceResolver | undefined,
  spec: Spec,
  context: RequestContext,
  exchange: Exchange,
): void {
  const failed = (why: string): void => replyText(exchange, 503, `${why}\n`);
  if (!resolver) return failed('service unavailable');
  const { request, user } = context;
  const headers = { ...withoutIdentity(forwardedHeaders(request.headers)), ...authProxyHeaders(user) };
  const abort = resolver.request(
    targetOf(spec),
    {
      method: request.method,
      path: request.path,
      headers,
      ...(request.body === undefined ? {} : { body: request.body }),
    },
    (answer) => passBack(answer, context, exchange),
    (why) => failed(`error trying to reach service: ${why}`),
  );
  exchange.onAbort(abort);
}

/** Components of the engine read objects, not text. */
function passBack({ status, headers, body }: OutwardAnswer, context: RequestContext, exchange: Exchange): void {
  if (context.internal && (headers['content-type'] ?? '').includes('json')) {
    try {
      return reply(exchange, undefined, status, JSON.parse(body) as object);
    } catch {
      // What is no JSON is passed on as it is.
    }
  }
  exchange.head({ status, headers: forwardedHeaders(headers) });
  if (body !== '') exchange.frame(body);
  exchange.end();
}

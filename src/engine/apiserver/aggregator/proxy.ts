/** Passes requests on to the service of an APIService. Upstream: kube-aggregator/pkg/apiserver/handler_proxy.go (v1.36) */
import type * as apiregistrationv1 from '../../../api/apiregistration/v1.ts';
import type { Exchange, UserInfo } from '../../../protocol/rest.ts';
import { forwardedHeaders } from '../connect/forwarded-headers.ts';
import { type AnswerHead, passOn, upgradeHeaders } from '../connect/relay.ts';
import type { ServerServices } from '../generic/server-services.ts';
import { replyText } from '../handlers/respond.ts';
import type { OutwardTarget } from '../outward.ts';
import type { RequestContext } from '../request-context.ts';
import { timeoutOf } from '../request-deadline.ts';

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

/** Passes a request on and its answer back as it comes. */
export function proxyRequest(
  { sim, serviceResolver }: Pick<ServerServices, 'sim' | 'serviceResolver'>,
  spec: Spec,
  context: RequestContext,
  exchange: Exchange,
): void {
  const failed = (why: string): void => replyText(exchange, 503, `${why}\n`);
  if (!serviceResolver) return failed('service unavailable');
  const { method, path, body, headers: asked } = context.request;
  const headers = {
    ...withoutIdentity(forwardedHeaders(asked)),
    ...upgradeHeaders(asked),
    ...authProxyHeaders(context.user),
  };
  const request = { method, path, headers, ...(body === undefined ? {} : { body }) };
  const head = (given: AnswerHead) => ({ ...given, headers: forwardedHeaders(given.headers) });
  const timeoutMs = 'upgrade' in headers ? undefined : timeoutOf(context);
  let cancel = (): void => {};
  const abort = passOn(serviceResolver, exchange, { target: targetOf(spec), request, head }, (why) => {
    cancel();
    if (why !== undefined) failed(`error trying to reach service: ${why}`);
  });
  if (timeoutMs === undefined) return;
  const expire = (): void => {
    abort();
    failed('error trying to reach service: context deadline exceeded');
  };
  cancel = sim.setTimer(timeoutMs, expire, { background: true });
  exchange.onAbort(() => cancel());
}

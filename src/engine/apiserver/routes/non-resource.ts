/** Paths that name no resource: health, version, discovery, documents. */
import type { Exchange } from '../../../protocol/rest.ts';
import { replyText } from '../handlers/respond.ts';
import type { RequestContext } from '../request-context.ts';
import type { ServerAccess } from '../server-access.ts';

const health = /^\/(?:healthz|livez|readyz)(?:\/.*)?$/;

/** Serves the path, if it is one of these. */
export function routeNonResource(_server: ServerAccess, context: RequestContext, exchange: Exchange): boolean {
  const { path } = context.info;
  if (health.test(path)) {
    replyText(exchange, 200, 'ok');
    return true;
  }
  return false;
}

/** Paths that name no resource: health, version, discovery, documents. */
import { encodeGoJson } from '../../../apimachinery/go-json.ts';
import type { FieldDescriptions } from '../../../api/field-descriptions.ts';
import type { Exchange } from '../../../protocol/rest.ts';
import { checkRouted, negotiatePlain, parseAccept } from '../handlers/media-type.ts';
import { reply, replyText } from '../handlers/respond.ts';
import type { RequestContext } from '../request-context.ts';
import type { ServerAccess } from '../server-access.ts';
import { aggregated, apiGroupDocument, apiGroupList, apiResourceList, apiVersions } from './discovery.ts';
import { methodNotAllowed } from './errors.ts';
import { healthPaths, healthText } from './health.ts';
import { healthMetricsText, metricsText, metricsType } from './metrics.ts';
import { openApiDocument, openApiIndex, openApiV2 } from './openapi.ts';
import { encodeOpenApiV2, isOpenApiV2Protobuf, openApiV2Protobuf } from './openapi-v2-protobuf.ts';
import { serverVersion } from './version.ts';

const anyMethod = /^\/(?:apis(?:\/[^/]+)?|openapi\/.*)$/;

/** Serves the path, if it is one of these. */
export function routeNonResource(server: ServerAccess, context: RequestContext, exchange: Exchange): boolean {
  const path = context.info.path.length > 1 ? context.info.path.replace(/\/+$/, '') : context.info.path;
  const text = healthText(context.info.path, context.query);
  if (text !== undefined) {
    replyText(exchange, 200, text);
    return true;
  }
  if ((path === '/metrics' || path === '/metrics/slis') && context.request.method === 'GET') {
    exchange.head({ status: 200, headers: { 'content-type': metricsType } });
    exchange.frame(path === '/metrics' ? metricsText(server) : healthMetricsText());
    exchange.end();
    return true;
  }
  const document = documentOf(server, path);
  if (document === undefined) {
    if (!path.startsWith('/openapi/v3/')) return false;
    replyText(exchange, 404, '');
    return true;
  }
  const { method } = context.request;
  // Groups and OpenAPI documents are served by handlers that look at no method.
  if (method !== 'GET' && !anyMethod.test(path)) throw methodNotAllowed();
  const { accept } = context.request.headers;
  if (document === serverVersion) checkRouted(accept, ['application/json']);
  const version = aggregatedVersion(context);
  if (version !== undefined && (path === '/api' || path === '/apis')) {
    const contentType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
    exchange.head({ status: 200, headers: { 'content-type': contentType, 'cache-control': 'no-cache, private' } });
    exchange.frame(aggregated(server.resources, path === '/api', version));
    exchange.end();
    return true;
  }
  if (path === '/openapi/v2' && wantsProtobuf(context)) {
    exchange.head({ status: 200, headers: { 'content-type': openApiV2Protobuf } });
    exchange.frame(encodeOpenApiV2(document as Readonly<Record<string, unknown>>));
    exchange.end();
    return true;
  }
  if (document === serverVersion) replyRawJson(exchange, document);
  else {
    if (path.startsWith('/api')) negotiatePlain(accept);
    reply(exchange, context, 200, document);
  }
  return true;
}

/** Answers with JSON that is always indented. Upstream: responsewriters.WriteRawJSON (v1.36) */
function replyRawJson(exchange: Exchange, object: object): void {
  exchange.head({ status: 200, headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private' } });
  exchange.frame(encodeGoJson(object, { indent: 2 }).trimEnd());
  exchange.end();
}

/** Whether the OpenAPI v2 document is asked for in protobuf before it is asked for in JSON. */
function wantsProtobuf(context: RequestContext): boolean {
  for (const { type } of parseAccept(context.request.headers['accept'] ?? '')) {
    if (isOpenApiV2Protobuf(type)) return true;
    if (type === 'application/json') return false;
  }
  return false;
}

/** The version of aggregated discovery that the client accepts first, before plain JSON. */
function aggregatedVersion(context: RequestContext): string | undefined {
  for (const { type, parameters } of parseAccept(context.request.headers['accept'] ?? '')) {
    if (type !== 'application/json') continue;
    if (parameters.get('as') !== 'APIGroupDiscoveryList') return undefined;
    const version = parameters.get('v');
    if (parameters.get('g') === 'apidiscovery.k8s.io' && (version === 'v2' || version === 'v2beta1')) return version;
  }
  return undefined;
}

function documentOf(server: ServerAccess, path: string): object | undefined {
  const { resources } = server;
  if (path === '/api') return apiVersions(server.address());
  if (path === '/apis') return apiGroupList(resources);
  if (path === '/version') return serverVersion;
  if (path === '/openid/v1/jwks') return server.services.tokens.jwks();
  if (path === '/.well-known/openid-configuration') return openIdConfiguration;
  if (path === '/openapi/v2') return derived(server, path, (texts) => openApiV2(resources, texts));
  if (path === '/openapi/v3') return openApiIndex(resources);
  if (path === '/') return { paths: rootPaths(resources.all().map(({ apiVersion }) => apiVersion)) };
  const [, first = '', second = '', third = '', ...rest] = path.split('/');
  if (first === 'api' && second === 'v1' && third === '')
    return apiResourceList(resources, { group: '', version: 'v1' });
  if (first === 'apis' && rest.length === 0) {
    if (third === '') return apiGroupDocument(resources, second);
    return apiResourceList(resources, { group: second, version: third });
  }
  if (first === 'openapi' && second === 'v3') return openApiDocumentOf(server, [third, ...rest]);
  return undefined;
}

/** A document with the host's texts, kept until the definitions change or the texts come. */
function derived<T extends object | undefined>(
  server: ServerAccess,
  path: string,
  make: (texts: FieldDescriptions) => T,
): T {
  const texts = server.descriptions();
  return server.resources.derived(`${path} ${Object.keys(texts).length}`, () => make(texts));
}

function openApiDocumentOf(server: ServerAccess, parts: readonly string[]): object | undefined {
  const [prefix, a = '', b = ''] = parts;
  const document = (group: string, version: string) =>
    derived(server, `/openapi/v3/${group}/${version}`, (texts) =>
      openApiDocument(server.resources, { group, version }, texts),
    );
  if (prefix === 'api') return document('', a);
  return prefix === 'apis' ? document(a, b) : undefined;
}

function rootPaths(apiVersions: readonly string[]): string[] {
  const groups = [...new Set(apiVersions)].filter((version) => version.includes('/'));
  const paths = groups.flatMap((version) => [`/apis/${version.split('/')[0]}`, `/apis/${version}`]);
  return [
    '/.well-known/openid-configuration',
    '/api',
    '/api/v1',
    '/apis',
    '/apis/',
    ...new Set(paths),
    ...healthPaths,
    '/metrics',
    '/openapi/v2',
    '/openapi/v3',
    '/openapi/v3/',
    '/openid/v1/jwks',
    '/version',
  ].sort();
}

const issuer = 'https://kubernetes.default.svc.cluster.local';

const openIdConfiguration = {
  issuer,
  jwks_uri: `${issuer}/openid/v1/jwks`,
  response_types_supported: ['id_token'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['ES256'],
};

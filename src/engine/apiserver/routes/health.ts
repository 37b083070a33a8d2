/** `/healthz`, `/livez`, `/readyz` and their single checks. Upstream: apiserver/pkg/server/healthz/healthz.go (v1.36) */
import type { QueryValues } from '../request-info.ts';

const hooks = [
  'start-apiserver-admission-initializer',
  'generic-apiserver-start-informers',
  'priority-and-fairness-config-consumer',
  'priority-and-fairness-filter',
  'storage-object-count-tracker-hook',
  'start-apiextensions-informers',
  'start-apiextensions-controllers',
  'crd-informer-synced',
  'start-system-namespaces-controller',
  'peer-endpoint-reconciler-controller',
  'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller',
  'start-kube-apiserver-identity-lease-garbage-collector',
  'storage-readiness',
  'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers',
  'rbac/bootstrap-roles',
  'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer',
  'bootstrap-controller',
  'start-kubernetes-service-cidr-controller',
  'start-kube-aggregator-informers',
  'apiservice-status-local-available-controller',
  'apiservice-status-remote-available-controller',
  'apiservice-registration-controller',
  'apiservice-discovery-controller',
  'kube-apiserver-autoregistration',
].map((name) => `poststarthook/${name}`);
const lastHooks = ['apiservice-openapi-controller', 'apiservice-openapiv3-controller'].map(
  (name) => `poststarthook/${name}`,
);
const started = [...hooks, 'autoregister-completion', ...lastHooks];
const alive = ['ping', 'log', 'loopback-serving-certificate', 'etcd', ...started];

const checks: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    healthz: alive,
    livez: alive,
    readyz: ['ping', 'log', 'etcd', 'etcd-readiness', 'informer-sync', ...started, 'shutdown'],
  }),
);

/** The names of what a health path looks at. */
export const healthChecks = (path: 'healthz' | 'livez' | 'readyz'): readonly string[] => checks.get(path) ?? [];

/** Every path of a check, sorted. */
export const healthPaths: readonly string[] = [...checks].flatMap(([name, list]) => [
  `/${name}`,
  ...list.map((check) => `/${name}/${check}`),
]);

/** The text a health path answers with; undefined for a check that does not exist. */
export function healthText(path: string, query: QueryValues): string | undefined {
  const [, name = '', ...rest] = path.split('/');
  const list = checks.get(name);
  if (!list) return undefined;
  const check = rest.join('/');
  if (path.endsWith('/')) return undefined;
  if (check !== '') return list.includes(check) ? 'ok' : undefined;
  if (!query.has('verbose')) return 'ok';
  const excluded = query.all('exclude').filter((one) => one !== '');
  const lines = list.map((one) => (excluded.includes(one) ? `[+]${one} excluded: ok` : `[+]${one} ok`));
  const unknown = excluded.filter((one) => !list.includes(one)).map((one) => JSON.stringify(one));
  if (unknown.length > 0) {
    lines.push(`warn: some health checks cannot be excluded: no matches for ${unknown.join(', ')}`);
  }
  return `${lines.join('\n')}\n${name} check passed\n`;
}

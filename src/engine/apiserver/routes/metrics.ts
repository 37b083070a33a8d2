/** `/metrics` and `/metrics/slis`: the few figures that the simulation has. */
import type * as flowcontrolv1 from '../../../api/flowcontrol/v1.ts';
import { family, type Sample } from '../../../apimachinery/prometheus-text.ts';
import { groupResource } from '../../../apimachinery/resource-ref.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';
import type { ServerAccess } from '../server-access.ts';
import { healthChecks } from './health.ts';
import { serverVersion } from './version.ts';

/** The media type of the text. */
export const metricsType = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';

/** Objects, watches and versions, as the server counts them now. */
export function metricsText(server: ServerAccess): string {
  const stores = [...server.resources.stores()].filter(
    ({ definition }) => !definition.storedAs && !definition.createOnly,
  );
  stores.sort((a, b) => (groupResource(a.definition) < groupResource(b.definition) ? -1 : 1));
  const watched = stores.filter(({ cacher }) => cacher.watchCount > 0);
  const longRunning = { component: 'apiserver', scope: 'cluster', subresource: '', verb: 'WATCH' };
  const objects = 'Number of stored objects at the time of last check split by kind.';
  return [
    family(
      'apiserver_flowcontrol_nominal_limit_seats',
      'BETA',
      'Nominal number of execution seats configured for each priority level',
      'gauge',
      nominalSeats(server.resources),
    ),
    family(
      'apiserver_longrunning_requests',
      'STABLE',
      'Gauge of all active long-running apiserver requests.',
      'gauge',
      watched.map(({ definition: { group, version, resource }, cacher }) => ({
        labels: { group, resource, version, ...longRunning },
        value: cacher.watchCount,
      })),
    ),
    family(
      'apiserver_resource_objects',
      'ALPHA',
      objects,
      'gauge',
      stores.map((store) => ({
        labels: { group: store.definition.group, resource: store.definition.resource },
        value: store.all().length,
      })),
    ),
    family(
      'apiserver_storage_objects',
      'STABLE',
      objects,
      'gauge',
      stores.map((store) => ({ labels: { resource: groupResource(store.definition) }, value: store.all().length })),
    ),
    family(
      'apiserver_watch_cache_resource_version',
      'BETA',
      'Current resource version of watch cache broken by resource type.',
      'gauge',
      stores.map(({ definition: { group, resource } }) => ({
        labels: { group, resource },
        value: server.store.revision,
      })),
    ),
    family('kubernetes_build_info', 'ALPHA', 'A metric with a constant value of 1 labeled by build.', 'gauge', [
      { labels: buildLabels(), value: 1 },
    ]),
  ].join('');
}

/** kube-apiserver's defaults of `--max-requests-inflight` and `--max-mutating-requests-inflight`. */
const serverConcurrency = 400 + 200;

/** Each priority level's share of what the server does at once. Upstream: apf_controller.go finishQueueSetReconfigsLocked (v1.36) */
function nominalSeats(objects: ObjectReader): readonly Sample[] {
  const levels = objects.list<flowcontrolv1.PriorityLevelConfiguration>(
    'flowcontrol.apiserver.k8s.io',
    'prioritylevelconfigurations',
  );
  const sharesOf = ({ spec }: flowcontrolv1.PriorityLevelConfiguration): number =>
    (spec?.type === 'Exempt' ? spec.exempt : spec?.limited)?.nominalConcurrencyShares ?? 0;
  const total = levels.reduce((sum, level) => sum + sharesOf(level), 0);
  return levels.map((level) => ({
    labels: { priority_level: level.metadata.name ?? '' },
    value: total === 0 ? 0 : Math.ceil((serverConcurrency * sharesOf(level)) / total),
  }));
}

function buildLabels(): Readonly<Record<string, string>> {
  const { major, minor, gitVersion, gitCommit, gitTreeState, buildDate, goVersion, compiler, platform } = serverVersion;
  return {
    build_date: buildDate,
    compiler,
    git_commit: gitCommit,
    git_tree_state: gitTreeState,
    git_version: gitVersion,
    go_version: goVersion,
    major,
    minor,
    platform,
  };
}

/** `/metrics/slis`: each health check, which here never fails. Upstream: component-base/metrics/prometheus/slis (v1.36) */
export function healthMetricsText(): string {
  const samples = (['healthz', 'readyz'] as const).flatMap((type) =>
    healthChecks(type).map((name) => ({ labels: { name, type }, value: 1 })),
  );
  samples.sort((a, b) => (a.labels.name < b.labels.name ? -1 : a.labels.name > b.labels.name ? 1 : 0));
  return family(
    'kubernetes_healthcheck',
    'STABLE',
    'This metric records the result of a single healthcheck.',
    'gauge',
    samples,
  );
}

/** `/metrics`: the few figures that the simulation has, in Prometheus' text form. */
import { groupResource } from '../../../apimachinery/resource-ref.ts';
import type { ServerAccess } from '../server-access.ts';
import { serverVersion } from './version.ts';

/** The media type of the text. */
export const metricsType = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';

type Labels = Readonly<Record<string, string>>;

function metric(
  name: string,
  help: string,
  samples: readonly (readonly [labels: Labels, value: number])[],
): readonly string[] {
  const lines = samples.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
    return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
  });
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines];
}

/** Objects, watches and versions, as the server counts them now. */
export function metricsText(server: ServerAccess): string {
  const stores = [...server.resources.stores()].filter(
    ({ definition }) => !definition.storedAs && !definition.createOnly,
  );
  stores.sort((a, b) => (groupResource(a.definition) < groupResource(b.definition) ? -1 : 1));
  const watched = stores.filter(({ cacher }) => cacher.watchCount > 0);
  const { major, minor, gitVersion, gitCommit, gitTreeState, buildDate, goVersion, compiler, platform } = serverVersion;
  const build = {
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
  const lines = [
    ...metric(
      'apiserver_longrunning_requests',
      '[STABLE] Gauge of all active long-running apiserver requests.',
      watched.map(({ definition: { group, version, resource }, cacher }) => [
        { component: 'apiserver', group, resource, scope: 'cluster', subresource: '', verb: 'WATCH', version },
        cacher.watchCount,
      ]),
    ),
    ...metric(
      'apiserver_resource_objects',
      '[ALPHA] Number of stored objects at the time of last check split by kind.',
      stores.map((store) => [
        { group: store.definition.group, resource: store.definition.resource },
        store.all().length,
      ]),
    ),
    ...metric(
      'apiserver_storage_objects',
      '[STABLE] Number of stored objects at the time of last check split by kind.',
      stores.map((store) => [{ resource: groupResource(store.definition) }, store.all().length]),
    ),
    ...metric(
      'apiserver_watch_cache_resource_version',
      '[BETA] Current resource version of watch cache broken by resource type.',
      stores.map(({ definition: { group, resource } }) => [{ group, resource }, server.store.revision]),
    ),
    ...metric('kubernetes_build_info', '[ALPHA] A metric with a constant value of 1 labeled by build.', [[build, 1]]),
  ];
  return `${lines.join('\n')}\n`;
}

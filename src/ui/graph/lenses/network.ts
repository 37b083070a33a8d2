import { symbols } from '../../kinds/symbols.ts';
import { type ClusterState, viewsOf } from '../../stores/cluster-store.ts';
import type { ObjectView } from '../../stores/object-view.ts';
import type { BandsPlan, Edge, Figure } from '../picture.ts';
import { cardOf, foldPods } from './figures.ts';
import { byAge, inScope, type Scope } from './scope.ts';

const limit = 9;
/** Where requests from outside of the cluster come in. */
export const outsideId = 'outside';

/** How requests travel: from outside through Ingresses to Services and to the pods behind them. */
export function networkLens(state: ClusterState, scope: Scope): BandsPlan {
  const shown = (resource: string) =>
    [...viewsOf(state, resource).values()].filter((view) => inScope(view, scope)).sort(byAge);
  const services = shown('services').filter(
    (view) => !(view.name === 'kubernetes' && view.namespace === 'default' && !scope.showSystem),
  );
  const ingresses = shown('ingresses.networking.k8s.io');
  const targets = endpointsByService(state);
  const podsByKey = new Map(shown('pods').map((pod) => [`${pod.namespace}/${pod.name}`, pod]));
  const edges: Edge[] = [];
  const standIns = new Map<string, string>();
  const placed = new Set<string>();
  const bands: BandsPlan['bands'][number][] = [];
  const open = services.filter(isOpen);
  if (ingresses.length + open.length > 0) bands.push({ id: outsideId, columns: [[outside], [], []] });
  for (const ingress of ingresses) edges.push(edge(outsideId, ingress.uid, 'routes'));
  for (const service of open) edges.push(edge(outsideId, service.uid, 'routes'));
  for (const service of services) {
    const endpoints = targets.get(`${service.namespace}/${service.name}`) ?? [];
    const behind = endpoints.flatMap(({ podName, ready }) => {
      const pod = podsByKey.get(`${service.namespace}/${podName}`);
      return pod ? [{ pod, ready }] : [];
    });
    const fresh = behind.filter(({ pod }) => !placed.has(pod.uid)).map(({ pod }) => pod);
    for (const pod of fresh) placed.add(pod.uid);
    const folding = foldPods(fresh, state, scope, limit, service.uid);
    for (const [uid, figure] of folding.standIns) standIns.set(uid, figure);
    const entrances = ingresses.filter((ingress) => firstServiceOf(ingress, services) === service);
    bands.push({
      id: service.uid,
      columns: [entrances.map((view) => cardOf(view, scope)), [serviceCard(service, behind, scope)], folding.figures],
    });
    edges.push(...endpointEdges(service, behind, standIns));
  }
  edges.push(...ingressEdges(ingresses, services));
  const orphans = ingresses.filter((ingress) => firstServiceOf(ingress, services) === undefined);
  for (const ingress of orphans) bands.push({ id: ingress.uid, columns: [[cardOf(ingress, scope)], [], []] });
  return { kind: 'bands', bands, edges, standIns };
}

const outside: Figure = {
  id: outsideId,
  shape: 'card',
  title: 'Outside',
  subtitle: 'clients beyond the cluster',
  level: 'neutral',
  symbol: symbols.ingress,
  dashed: true,
};

const edge = (source: string, target: string, role: Edge['role'], dashed = false): Edge => ({
  id: `${source}>${target}`,
  source,
  target,
  role,
  dashed,
});

const isOpen = (service: ObjectView) =>
  service.status.text === 'NodePort' || service.status.text.startsWith('LoadBalancer');

function endpointsByService(state: ClusterState) {
  const out = new Map<string, { readonly podName?: string; readonly ready: boolean }[]>();
  for (const slice of viewsOf(state, 'endpointslices.discovery.k8s.io').values()) {
    const key = `${slice.namespace}/${slice.facets.serviceName ?? ''}`;
    out.set(key, [...(out.get(key) ?? []), ...(slice.facets.endpoints ?? [])]);
  }
  return out;
}

type Behind = readonly { readonly pod: ObjectView; readonly ready: boolean }[];

function serviceCard(service: ObjectView, behind: Behind, scope: Scope): Figure {
  const ready = behind.filter((endpoint) => endpoint.ready).length;
  const ports = service.facets.ports?.map((port) => port.replace('/TCP', '')).join(', ') ?? '';
  const base = cardOf(service, scope);
  if (service.facets.selector === undefined)
    return { ...base, subtitle: `${service.status.text} · ${ports}`, level: 'neutral' };
  if (ready === 0) return { ...base, subtitle: 'no ready endpoints', level: 'warning' };
  return { ...base, subtitle: `${service.status.text} · ${ports} · ${ready} ready` };
}

function endpointEdges(service: ObjectView, behind: Behind, standIns: ReadonlyMap<string, string>): Edge[] {
  const out = new Map<string, Edge>();
  for (const { pod, ready } of behind) {
    const target = standIns.get(pod.uid) ?? pod.uid;
    const known = out.get(target);
    if (!known || (known.dashed && ready)) out.set(target, edge(service.uid, target, 'routes', !ready));
  }
  return [...out.values()];
}

const firstServiceOf = (ingress: ObjectView, services: readonly ObjectView[]) =>
  services.find(
    (service) => service.namespace === ingress.namespace && ingress.facets.services?.includes(service.name),
  );

function ingressEdges(ingresses: readonly ObjectView[], services: readonly ObjectView[]): Edge[] {
  return ingresses.flatMap((ingress) =>
    services
      .filter((service) => service.namespace === ingress.namespace && ingress.facets.services?.includes(service.name))
      .map((service) => edge(ingress.uid, service.uid, 'routes')),
  );
}

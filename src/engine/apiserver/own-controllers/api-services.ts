/**
 * Keeps an APIService for every group and version that the server itself serves: its own from the start, those of custom resources as long
 * as a definition serves them.
 * Upstream: kube-aggregator/pkg/controllers/autoregister, pkg/controlplane/controller/crdregistration (v1.36)
 */
import type * as apiextensionsv1 from '../../../api/apiextensions/v1.ts';
import type * as apiregistrationv1 from '../../../api/apiregistration/v1.ts';
import { apiServicePriorities } from '../bootstrap/api-service-facts.ts';
import { putSystemObject, removeSystemObject } from '../generic/system-objects.ts';
import { localAvailableCondition } from '../registry/apiregistration/conditions.ts';
import type { ServerAccess } from '../server-access.ts';

const group = 'apiregistration.k8s.io';
const resource = 'apiservices';
const customGroup = 'apiextensions.k8s.io';
const customResource = 'customresourcedefinitions';
const managedLabel = 'kube-aggregator.kubernetes.io/automanaged';
const customGroupPriority = 1000;
const customVersionPriority = 100;

type Access = Pick<ServerAccess, 'resources' | 'services'>;

interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

function localService(
  { group: api, version }: GroupVersion,
  priorities: Pick<apiregistrationv1.APIServiceSpec, 'groupPriorityMinimum' | 'versionPriority'>,
  managed: 'onstart' | 'true',
  now: string,
): apiregistrationv1.APIService {
  return {
    kind: 'APIService',
    apiVersion: `${group}/v1`,
    metadata: { name: `${version}.${api}`, labels: { [managedLabel]: managed } },
    spec: { ...(api === '' ? {} : { group: api }), version, ...priorities },
    status: { conditions: [{ type: 'Available', status: 'True', lastTransitionTime: now, ...why }] },
  };
}

const why = { reason: localAvailableCondition.reason, message: localAvailableCondition.message };

/** Registers what the server itself serves. */
export function registerOwnApiServices({ services }: Access): void {
  for (const [api, version, groupPriorityMinimum, versionPriority] of apiServicePriorities) {
    const priorities = { groupPriorityMinimum, versionPriority };
    const object = localService({ group: api, version }, priorities, 'onstart', services.now());
    putSystemObject(services, group, resource, object);
  }
}

/** The versions that definitions serve, by the name of their APIService. */
function servedByDefinitions({ resources }: Access): ReadonlyMap<string, GroupVersion> {
  const served = new Map<string, GroupVersion>();
  for (const { spec } of resources.list<apiextensionsv1.CustomResourceDefinition>(customGroup, customResource)) {
    for (const { name: version, served: isServed } of spec.versions) {
      if (isServed) served.set(`${version}.${spec.group}`, { group: spec.group, version });
    }
  }
  return served;
}

/** Registers what definitions serve, and forgets what they serve no more. */
function syncCustomApiServices(server: Access): void {
  const { resources, services } = server;
  const served = servedByDefinitions(server);
  const priorities = { groupPriorityMinimum: customGroupPriority, versionPriority: customVersionPriority };
  for (const gv of served.values()) {
    putSystemObject(services, group, resource, localService(gv, priorities, 'true', services.now()));
  }
  for (const { metadata } of resources.list<apiregistrationv1.APIService>(group, resource)) {
    const name = metadata.name ?? '';
    if (metadata.labels?.[managedLabel] === 'true' && !served.has(name)) {
      removeSystemObject(services, group, resource, '', name);
    }
  }
}

/** Follows the definitions; gives what stops it. */
export function followCustomApiServices(server: ServerAccess): () => void {
  const sync = () => server.sim.withCause(undefined, () => syncCustomApiServices(server));
  sync();
  const { store } = server;
  const watches = [`${customGroup}/${customResource}/`, `${group}/${resource}/`].map((prefix) =>
    store.watch(prefix, store.revision, (events) => {
      if (prefix.startsWith(customGroup) || events.some(({ type }) => type === 'delete')) sync();
    }),
  );
  return () => {
    for (const watch of watches) watch.stop();
  };
}

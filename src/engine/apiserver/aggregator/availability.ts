/** Whether the service of an APIService can be asked. Upstream: kube-aggregator/pkg/controllers/status/remote/remote_available_controller.go (v1.36) */
import type * as apiregistrationv1 from '../../../api/apiregistration/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import type * as discoveryv1 from '../../../api/discovery/v1.ts';
import { quote } from '../../../apimachinery/go-format.ts';

type Reference = apiregistrationv1.ServiceReference;

/** The condition `Available`, but for its time. */
export interface Availability {
  readonly type: 'Available';
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

const unavailable = (reason: string, message: string): Availability => ({
  type: 'Available',
  status: 'False',
  reason,
  message,
});

/** All is well. */
export const passed: Availability = {
  type: 'Available',
  status: 'True',
  reason: 'Passed',
  message: 'all checks passed',
};

/** The service answered its discovery in a way that will not do. */
export const failedDiscovery = (url: string, why: string): Availability =>
  unavailable('FailedDiscoveryCheck', `failing or missing response from ${url}: ${why}`);

/** What is wrong before the service is asked at all. */
export function checkService(
  { namespace = '', name = '', port = 443 }: Reference,
  service: corev1.Service | undefined,
  slices: readonly discoveryv1.EndpointSlice[],
): Availability | undefined {
  const where = `service/${name} in ${quote(namespace)}`;
  if (!service) return unavailable('ServiceNotFound', `${where} is not present`);
  if ((service.spec?.type ?? 'ClusterIP') !== 'ClusterIP') return undefined;
  const found = (service.spec?.ports ?? []).find((one) => one.port === port);
  if (!found) return unavailable('ServicePortError', `${where} is not listening on port ${port}`);
  if (slices.length === 0) return unavailable('EndpointsNotFound', `cannot find endpointslices for ${where}`);
  const portName = found.name ?? '';
  if (slices.some((slice) => hasAvailableEndpoint(portName, slice))) return undefined;
  return unavailable(
    'MissingEndpoints',
    `endpointslices for ${where} have no addresses with port name ${quote(portName)}`,
  );
}

function hasAvailableEndpoint(portName: string, { endpoints, ports }: discoveryv1.EndpointSlice): boolean {
  const isReady = (endpoints ?? []).some(({ conditions }) => conditions?.ready !== false);
  return isReady && (ports ?? []).some(({ name, port }) => (name ?? '') === portName && port !== undefined);
}

/** The address under which a service is asked, as messages show it. Upstream: apiserver/pkg/util/proxy ResolveCluster */
export function serviceUrl({ spec = {} }: corev1.Service, { port = 443 }: Reference): string {
  const host = spec.type === 'ExternalName' ? (spec.externalName ?? '') : (spec.clusterIP ?? '');
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

import type * as corev1 from '../../api/core/v1.ts';
import type * as networkingv1 from '../../api/networking/v1.ts';
import { errorText } from '../../apimachinery/error-text.ts';
import { compareStrings } from '../../apimachinery/go-format.ts';
import type { Process } from '../../process/process.ts';
import {
  printAnnotationsMultiline,
  printLabelsAndAnnotations,
  printLabelsMultiline,
  printTimedConditions,
} from './describe-parts.ts';
import { formatEndpointSlices, slicesOf } from './service.ts';
import { type Describe, plain, type Session } from './session.ts';

/** Upstream: kubectl/pkg/describe/describe.go describeIngressV1 (v1.36) */
export const describeIngress: Describe = function* (object, session) {
  const { metadata, spec, status } = object as unknown as networkingv1.Ingress;
  const { w } = session;
  const namespace = metadata?.namespace ?? '';
  w.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  printLabelsMultiline(w, 'Labels', metadata?.labels);
  w.write(0, `Namespace:\t${namespace}\n`);
  w.write(0, `Address:\t${addressesText(status?.loadBalancer)}\n`);
  w.write(0, `Ingress Class:\t${spec?.ingressClassName ?? '<none>'}\n`);
  const fallback = spec?.defaultBackend ? yield* backendText(session, namespace, spec.defaultBackend) : '<default>';
  w.write(0, `Default backend:\t${fallback}\n`);
  if (spec?.tls?.length) w.write(0, 'TLS:\n');
  for (const { secretName, hosts = [] } of spec?.tls ?? []) {
    w.write(1, `${secretName ? `${secretName} terminates` : 'SNI routes'} ${hosts.join(',')}\n`);
  }
  w.write(0, 'Rules:\n  Host\tPath\tBackends\n');
  w.write(1, '----\t----\t--------\n');
  const rules = (spec?.rules ?? []).filter((rule) => rule.http);
  for (const { host, http } of rules) {
    w.write(1, `${host || '*'}\t\n`);
    for (const { path = '', backend } of http?.paths ?? []) {
      w.write(2, `\t${path} \t${yield* backendText(session, namespace, backend)}\n`);
    }
  }
  if (rules.length === 0) w.write(1, `*\t*\t${fallback}\n`);
  printAnnotationsMultiline(w, 'Annotations', metadata?.annotations);
};

const addressesText = (status: networkingv1.IngressLoadBalancerStatus | undefined): string =>
  [...new Set((status?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '').filter(Boolean))]
    .sort(compareStrings)
    .join(',');

/** Upstream: kubectl/pkg/describe/describe.go describeBackendV1 (v1.36) */
function* backendText(session: Session, namespace: string, backend: networkingv1.IngressBackend): Process<string> {
  const { service, resource } = backend;
  if (!service) {
    if (!resource) return '';
    return `APIGroup: ${resource.apiGroup ?? '<none>'}, Kind: ${resource.kind}, Name: ${resource.name}`;
  }
  const { number = 0, name = '' } = service.port ?? {};
  const shown = `${service.name}:${number === 0 ? name : number}`;
  try {
    const slices = yield* slicesOf(session, namespace, service.name);
    const path = `/api/v1/namespaces/${namespace}/services/${encodeURIComponent(service.name)}`;
    const { spec } = yield* session.factory.rest.json<corev1.Service>({ path });
    const port = spec?.ports?.findLast(
      (one) => (number !== 0 && one.port === number) || (name !== '' && one.name === name),
    );
    return `${shown} (${formatEndpointSlices(slices, port?.name ?? '')})`;
  } catch (error) {
    return `${shown} (<error: ${errorText(error)}>)`;
  }
}

/** Upstream: kubectl/pkg/describe/describe.go describeIngressClassV1 (v1.36) */
export const describeIngressClass = plain<networkingv1.IngressClass>((w, { metadata, spec }) => {
  w.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  printLabelsAndAnnotations(w, metadata);
  w.write(0, `Controller:\t${spec?.controller ?? ''}\n`);
  const parameters = spec?.parameters;
  if (!parameters) return;
  w.write(0, 'Parameters:\n');
  if (parameters.apiGroup !== undefined) w.write(1, `APIGroup:\t${parameters.apiGroup}\n`);
  w.write(1, `Kind:\t${parameters.kind}\n`);
  w.write(1, `Name:\t${parameters.name}\n`);
});

/** Upstream: kubectl/pkg/describe/describe.go describeServiceCIDRV1 (v1.36) */
export const describeServiceCidr = plain<networkingv1.ServiceCIDR>((w, { metadata, spec, status }) => {
  w.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  printLabelsAndAnnotations(w, metadata);
  w.write(0, `CIDRs:\t${(spec?.cidrs ?? []).join(', ')}\n`);
  if (!status?.conditions?.length) return;
  w.write(0, 'Status:\n');
  printTimedConditions(w, status.conditions);
});

/** Upstream: kubectl/pkg/describe/describe.go describeIPAddressV1 (v1.36) */
export const describeIpAddress = plain<networkingv1.IPAddress>((w, { metadata, spec }) => {
  w.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  printLabelsAndAnnotations(w, metadata);
  const parent = spec?.parentRef;
  if (!parent) return;
  w.write(0, 'Parent Reference:\n');
  w.write(1, `Group:\t${parent.group ?? ''}\n`);
  w.write(1, `Resource:\t${parent.resource ?? ''}\n`);
  w.write(1, `Namespace:\t${parent.namespace ?? ''}\n`);
  w.write(1, `Name:\t${parent.name ?? ''}\n`);
});

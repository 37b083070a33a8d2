import { quote } from '../apimachinery/go-format.ts';
import { parseIntOrString } from '../apimachinery/int-or-string.ts';
import { KubectlError } from './errors.ts';
import type { Unstructured } from './object.ts';
import { parseLabelPairs } from './pairs.ts';

export interface ServiceParams {
  readonly name: string;
  readonly selector: string;
  readonly labels: string;
  /** Comma-separated; empty when there is none. */
  readonly ports: string;
  readonly protocol: string;
  /** Protocols of ports found by looking at the object. */
  readonly protocols: ReadonlyMap<string, readonly string[]>;
  readonly targetPort: string;
  readonly externalIP: string;
  readonly type: string;
  readonly loadBalancerIP: string;
  readonly sessionAffinity: string;
  readonly clusterIP: string;
}

/** The service `expose` makes. Upstream: kubectl/pkg/cmd/expose/expose.go createService (v1.36). @throws KubectlError */
export function generateService(params: ServiceParams): Unstructured {
  if (params.selector === '') throw new KubectlError('selector must be specified');
  const selector = parseLabelPairs(params.selector);
  const labels = params.labels === '' ? undefined : parseLabelPairs(params.labels);
  const ports = servicePorts(params);
  const affinity = params.sessionAffinity;
  if (affinity !== '' && affinity !== 'None' && affinity !== 'ClientIP') {
    throw new KubectlError(`unknown session affinity: ${affinity}`);
  }
  const optional = {
    externalIPs: params.externalIP === '' ? [] : [params.externalIP],
    type: params.type,
    loadBalancerIP: params.type === 'LoadBalancer' ? params.loadBalancerIP : '',
    sessionAffinity: affinity,
    clusterIP: params.clusterIP,
  };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: params.name, ...(labels === undefined ? {} : { labels }) },
    spec: { ports, selector, ...optional },
  };
}

function servicePorts(params: ServiceParams) {
  if (params.ports === '') return [];
  const list = params.ports.split(',');
  return list.flatMap((text, index) => {
    if (!/^[+-]?\d+$/.test(text)) throw new KubectlError(`strconv.Atoi: parsing ${quote(text)}: invalid syntax`);
    const port = Number(text);
    const targetPort = params.targetPort === '' ? port : parseIntOrString(params.targetPort);
    const name = list.length > 1 ? `port-${index + 1}` : '';
    const found = params.protocol === '' ? (params.protocols.get(text) ?? []) : [];
    if (found.length > 1) {
      return found.map((protocol) => ({
        name: `port-${index + 1}-${protocol.toLowerCase()}`,
        protocol,
        port,
        targetPort,
      }));
    }
    return [{ ...(name === '' ? {} : { name }), protocol: params.protocol || found[0] || 'TCP', port, targetPort }];
  });
}

import type * as corev1 from '../../../api/core/v1.ts';
import { compareStrings } from '../../../apimachinery/go-format.ts';
import { canonicalText } from './canonical-text.ts';
import { compact } from './compact.ts';
import { orderEndpointPorts } from './port-order.ts';

interface Entry {
  readonly address: corev1.EndpointAddress;
  readonly ready: boolean;
  readonly ports: Map<string, corev1.EndpointPort>;
}

/**
 * Subsets in their canonical form: one for each set of ports, everything sorted. An address that is ready anywhere for a port is
 * ready.
 *
 * Upstream: pkg/api/v1/endpoints/util.go RepackSubsets (v1.36)
 */
export function repackSubsets(subsets: readonly corev1.EndpointSubset[]): corev1.EndpointSubset[] {
  const entries = collect(subsets);
  const groups = new Map<string, { ports: corev1.EndpointPort[]; ready: Entry[]; notReady: Entry[] }>();
  for (const entry of entries.values()) {
    const ports = orderEndpointPorts([...entry.ports.values()]);
    const key = ports.map(canonicalText).join(';');
    const group = groups.get(key) ?? { ports, ready: [], notReady: [] };
    groups.set(key, group);
    (entry.ready ? group.ready : group.notReady).push(entry);
  }
  const addresses = (list: readonly Entry[]) =>
    list
      .map(({ address }) => address)
      .sort((a, b) => compareStrings(a.ip, b.ip) || compareStrings(a.targetRef?.uid ?? '', b.targetRef?.uid ?? ''));
  return [...groups.entries()]
    .sort(([a], [b]) => compareStrings(a, b))
    .map(([, { ports, ready, notReady }]) =>
      compact<corev1.EndpointSubset>({ addresses: addresses(ready), notReadyAddresses: addresses(notReady), ports }),
    );
}

function collect(subsets: readonly corev1.EndpointSubset[]): Map<string, Entry> {
  const readyFor = new Set<string>();
  const each = (
    visit: (address: corev1.EndpointAddress, ready: boolean, port: corev1.EndpointPort | undefined) => void,
  ) => {
    for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets) {
      const all = ports.length > 0 ? ports : [undefined];
      for (const port of all) {
        for (const address of addresses) visit(address, true, port);
        for (const address of notReadyAddresses) visit(address, false, port);
      }
    }
  };
  const keyOf = (address: corev1.EndpointAddress) => `${address.ip};${address.targetRef?.uid ?? ''}`;
  each((address, ready, port) => {
    if (ready) readyFor.add(`${keyOf(address)};${canonicalText(port)}`);
  });
  const entries = new Map<string, Entry>();
  each((address, _, port) => {
    const ready = readyFor.has(`${keyOf(address)};${canonicalText(port)}`);
    const key = `${keyOf(address)};${ready}`;
    const entry = entries.get(key) ?? { address, ready, ports: new Map<string, corev1.EndpointPort>() };
    entries.set(key, entry);
    if (port) entry.ports.set(canonicalText(port), port);
  });
  return entries;
}

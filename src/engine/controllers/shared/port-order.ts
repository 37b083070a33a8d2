/**
 * The order in which upstream lists the ports of endpoints: that of hashes of how Go prints them.
 *
 * Upstream: endpointslice/util/controller_utils.go portsInOrder, pkg/api/v1/endpoints/util.go portsByHash (v1.36)
 */
import type * as corev1 from '../../../api/core/v1.ts';
import type * as discoveryv1 from '../../../api/discovery/v1.ts';
import { compareStrings } from '../../../apimachinery/go-format.ts';

const offset = 0x6c62272e07bb014262b821756295c58dn;
const prime = (1n << 88n) + 0x13bn;
const mask = (1n << 128n) - 1n;

/** FNV-1a of 128 bits over the UTF-8 of a text, in hexadecimal. */
function fnv128a(text: string): string {
  let hash = offset;
  for (const byte of new TextEncoder().encode(text)) hash = ((hash ^ BigInt(byte)) * prime) & mask;
  return hash.toString(16).padStart(32, '0');
}

/** How Go's dump shows a pointer. */
const pointer = (type: string, value: unknown) => `(*${type})${value === undefined ? '<nil>' : String(value)}`;

function sortByHash<T>(ports: readonly T[], dump: (port: T) => string): T[] {
  if (ports.length < 2) return [...ports];
  const hashed = ports.map((port) => ({ port, hash: fnv128a(dump(port)) }));
  return hashed.sort((a, b) => compareStrings(a.hash, b.hash)).map(({ port }) => port);
}

/** Ports of an EndpointSlice in upstream's order. */
export function orderSlicePorts(ports: readonly discoveryv1.EndpointPort[]): discoveryv1.EndpointPort[] {
  return sortByHash(ports, ({ name, protocol, port, appProtocol }) => {
    const fields = [
      `Name:${pointer('string', name)}`,
      `Protocol:${pointer('v1.Protocol', protocol)}`,
      `Port:${pointer('int32', port)}`,
      `AppProtocol:${pointer('string', appProtocol)}`,
    ];
    return `(v1.EndpointPort){${fields.join(' ')}}`;
  });
}

/** Ports of Endpoints in upstream's order. */
export function orderEndpointPorts(ports: readonly corev1.EndpointPort[]): corev1.EndpointPort[] {
  return sortByHash(ports, ({ name = '', port, protocol = '', appProtocol }) => {
    const fields = [
      `Name:(string)${name}`,
      `Port:(int32)${port}`,
      `Protocol:(v1.Protocol)${protocol}`,
      `AppProtocol:${pointer('string', appProtocol)}`,
    ];
    return `(v1.EndpointPort){${fields.join(' ')}}`;
  });
}

/** Warnings about ports of a pod's containers. Upstream: pkg/api/pod/warnings.go warningsForPodSpecAndMeta (v1.36) */
import type * as corev1 from '../../../../../api/core/v1.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { quote } from '../../../../../apimachinery/go-format.ts';
import { type ContainerList, visitContainers } from './visit-containers.ts';

interface Place {
  readonly list: ContainerList;
  readonly container: number;
  readonly index: number;
  readonly port: corev1.ContainerPort;
}

function placesOf(spec: corev1.PodSpec): Place[] {
  const places: Place[] = [];
  visitContainers(spec, ({ ports }, list, container) => {
    for (const [index, port] of (ports ?? []).entries()) places.push({ list, container, index, port });
  });
  return places;
}

/** What two definitions of one port are to each other; undefined when they go together. */
function conflict(a: corev1.ContainerPort, b: corev1.ContainerPort): string | undefined {
  const [hostA, hostB] = [a.hostPort ?? 0, b.hostPort ?? 0];
  const [ipA, ipB] = [a.hostIP ?? '', b.hostIP ?? ''];
  if (ipA === ipB && hostA === hostB) return 'duplicate';
  if (hostA === 0 || hostB === 0) return 'overlapping';
  return hostA === hostB && (ipA === '') !== (ipB === '') ? 'dangerously ambiguous' : undefined;
}

/** A port as Go prints the struct. */
function show({
  name = '',
  hostPort = 0,
  containerPort = 0,
  protocol = 'TCP',
  hostIP = '',
}: corev1.ContainerPort): string {
  return `{Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`;
}

/** Warnings about ports; `path` is the spec's. */
export function portWarnings(path: Path, spec: corev1.PodSpec): string[] {
  const places = placesOf(spec);
  if (places.length === 0) return [];
  const at = ({ list, container, index }: Place): Path => path.child(list).index(container).child('ports').index(index);
  const warnings: string[] = [];
  const byNumber = new Map<string, Place[]>();
  for (const place of places) {
    const { port } = place;
    if (port.hostIP && !port.hostPort) warnings.push(`${at(place)}: hostIP set without hostPort: ${show(port)}`);
    const key = `${port.containerPort}/${port.protocol}`;
    const others = byNumber.get(key) ?? [];
    for (const other of others) {
      const kind = conflict(port, other.port);
      if (kind !== undefined) warnings.push(`${at(place)}: ${kind} port definition with ${at(other)}`);
    }
    byNumber.set(key, [...others, place]);
  }
  const byName = new Map<string, Place>();
  for (const place of places) {
    const name = place.port.name;
    if (!name) continue;
    const other = byName.get(name);
    if (other) {
      const why = `duplicate port name ${quote(name)} with ${at(other)}, services and probes that select ports by name will use ${at(other)}`;
      warnings.push(`${at(place)}: ${why}`);
    } else byName.set(name, place);
  }
  return warnings;
}

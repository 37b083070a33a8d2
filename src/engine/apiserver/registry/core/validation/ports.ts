/** Rules of containers' ports. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import type { IntOrString } from '../../../../../apimachinery/int-or-string.ts';
import { isValidPortName, isValidPortNum } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, requiredOneOf } from './complaints.ts';

/** Protocols of ports, sorted. */
export const supportedPortProtocols = ['SCTP', 'TCP', 'UDP'] as const;

/** Upstream: validateContainerPorts (v1.36) */
export function validateContainerPorts(
  errors: Complaints,
  path: Path,
  ports: readonly corev1.ContainerPort[] | undefined,
): void {
  const names = new Set<string>();
  for (const [i, port] of (ports ?? []).entries()) {
    const at = path.child('ports').index(i);
    if (port.name) {
      const messages = isValidPortName(port.name);
      if (messages.length > 0) complain(errors, at, 'name', port.name, messages);
      else if (names.has(port.name)) errors.push(field.duplicate(at.child('name'), port.name));
      else names.add(port.name);
    }
    if (!port.containerPort) errors.push(field.required(at.child('containerPort')));
    else complain(errors, at, 'containerPort', port.containerPort, isValidPortNum(port.containerPort));
    if (port.hostPort) complain(errors, at, 'hostPort', port.hostPort, isValidPortNum(port.hostPort));
    requiredOneOf(errors, at, 'protocol', port.protocol, supportedPortProtocols);
  }
}

/** Complains about host ports that are claimed twice. Upstream: AccumulateUniqueHostPorts (v1.36) */
export function checkHostPortConflicts(errors: Complaints, path: Path, containers: readonly corev1.Container[]): void {
  let taken: Set<string> | undefined;
  for (const [i, { ports = [] }] of containers.entries()) {
    for (const [j, { protocol = '', hostIP = '', hostPort }] of ports.entries()) {
      if (!hostPort) continue;
      taken ??= new Set();
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (taken.has(key)) errors.push(field.duplicate(path.index(i).child('ports').index(j).child('hostPort'), key));
      else taken.add(key);
    }
  }
}

/** Upstream: ValidatePortNumOrName (v1.36) */
export function validatePortNumOrName(
  errors: Complaints,
  path: Path,
  name: string,
  port: IntOrString | undefined,
): void {
  if (typeof port === 'string') complain(errors, path, name, port, isValidPortName(port));
  else complain(errors, path, name, port ?? 0, isValidPortNum(port ?? 0));
}

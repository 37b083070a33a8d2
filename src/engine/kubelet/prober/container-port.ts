import type * as corev1 from '../../../api/core/v1.ts';

/**
 * The port that a probe or hook means: a number, or the name of one of the container's ports.
 *
 * @throws Error with upstream's text
 *
 * Upstream: pkg/probe/util.go ResolveContainerPort (v1.36)
 */
export function resolveContainerPort(port: number | string, container: corev1.Container): number {
  const named = typeof port === 'string' ? container.ports?.find(({ name }) => name === port)?.containerPort : port;
  const number = named ?? (/^[+-]?\d+$/.test(String(port)) ? Number(port) : undefined);
  if (number === undefined) throw new Error(`strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax`);
  if (number > 0 && number < 65_536) return number;
  throw new Error(`invalid port number: ${number}`);
}

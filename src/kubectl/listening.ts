import type { Process } from '../process/process.ts';
import type { Listener } from '../shell/network-stack.ts';
import type { Invocation } from './command.ts';
import { KubectlError } from './errors.ts';

/** Opens a port of this machine: the power `kubectl.listen` of hosts whose network is no part of the context. */
export type Listen = (port: number, ip: string) => Process<Listener>;

/** Opens a port, of this machine or of the network the program is in. @throws NetworkError EADDRINUSE @throws KubectlError without a network */
export function* listen({ context }: Invocation, port: number, ip: string): Process<Listener> {
  const power = context.powers.get('kubectl.listen') as Listen | undefined;
  if (power !== undefined) return yield* power(port, ip);
  if (context.network === undefined) throw new KubectlError('there is no network here to listen on');
  return context.network.listen(port, ip);
}

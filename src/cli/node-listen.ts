import { createServer, type Socket } from 'node:net';
import { Channel } from '../process/channel.ts';
import type { Process } from '../process/process.ts';
import { suspend } from '../process/process.ts';
import { type Connection, type Listener, NetworkError, type NetworkErrorCode } from '../shell/network-stack.ts';
import { StreamReader, StreamWriter } from './node-streams.ts';

/** Opens a port of this machine. @throws NetworkError EADDRINUSE, EACCES */
export function* nodeListen(port: number, ip: string): Process<Listener> {
  const connections = new Channel<Connection>();
  const server = createServer((socket) => connections.send(connectionOf(socket)));
  yield* suspend<void>((resume, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      fail(new NetworkError((error.code ?? 'EACCES') as NetworkErrorCode, `listen tcp: ${error.message}`));
    });
    server.listen(port, ip, () => resume());
  });
  const address = server.address();
  return {
    address: { ip, port: typeof address === 'object' && address !== null ? address.port : port },
    accept: () => connections.receive(),
    close: () => {
      server.close();
      connections.close();
    },
  };
}

function connectionOf(socket: Socket): Connection {
  return {
    local: { ip: socket.localAddress ?? '', port: socket.localPort ?? 0 },
    remote: { ip: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 },
    reader: new StreamReader(socket),
    writer: new StreamWriter(socket),
    close: () => socket.end(),
    annotate: () => {},
  };
}

import { expect, it } from 'vitest';
import { Sim } from '../../engine/sim/sim.ts';
import type { Process } from '../../process/process.ts';
import { decode, encode } from '../../shell/text.ts';
import { LocalPorts } from './local-ports.ts';

function run<T>(process: Process<T>): T {
  const sim = new Sim();
  const task = sim.spawn(process);
  sim.settle();
  if (task.outcome?.kind !== 'returned') throw new Error(JSON.stringify(task.outcome));
  return task.outcome.value;
}

it('carries bytes both ways between programs of one machine', () => {
  const ports = new LocalPorts();
  const listener = ports.listen(8080, '127.0.0.1');
  const heard = run(
    (function* () {
      const client = ports.dial('localhost', 8080);
      yield* client.writer.write(encode('ping'));
      const server = yield* listener.accept();
      if (!server) throw new Error('nobody came');
      const asked = decode((yield* server.reader.read()) ?? new Uint8Array());
      yield* server.writer.write(encode('pong'));
      server.close();
      const answered = decode((yield* client.reader.read()) ?? new Uint8Array());
      return [asked, answered, yield* client.reader.read()];
    })(),
  );
  expect(heard).toEqual(['ping', 'pong', undefined]);
});

it.each([
  ['an address of this machine meets all addresses', '0.0.0.0', '127.0.0.1', 'EADDRINUSE'],
  ['the same address', '127.0.0.1', '127.0.0.1', 'EADDRINUSE'],
  ['another address', '127.0.0.1', '::1', undefined],
])('a port may be taken once: %s', (_, first, second, code) => {
  const ports = new LocalPorts();
  ports.listen(80, first);
  const listen = () => ports.listen(80, second);
  if (code) expect(listen).toThrow(expect.objectContaining({ code }) as Error);
  else expect(listen().address).toEqual({ ip: second, port: 80 });
});

it('refuses where nobody listens, also once a listener is closed', () => {
  const ports = new LocalPorts();
  const listener = ports.listen(0, '127.0.0.1');
  const { port } = listener.address;
  expect(ports.dial('127.0.0.1', port).remote.port).toBe(port);
  listener.close();
  expect(() => ports.dial('127.0.0.1', port)).toThrow(`127.0.0.1:${port}: Connection refused`);
  expect(ports.open()).toEqual([]);
});

import { type Process, sleep } from '../../../process/process.ts';
import type { Reader } from '../../../process/pipe.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { NetworkError } from '../../../shell/network-stack.ts';
import { writeText } from '../../../shell/streams.ts';
import { decode, encode } from '../../../shell/text.ts';

const lingerMs = 500;

/** Serves one connection: checks what the client says first, then sends pieces of data; all as its environment tells. */
export function* portForwardTester(context: ProgramContext): Process<number> {
  const { env, network } = context;
  const say = (text: string) => writeText(context.stdout, `${text}\n`);
  if (!network) return 1;
  const counts: number[] = [];
  try {
    const address = env.get('BIND_ADDRESS') || 'localhost';
    const listener = network.listen(Number(env.get('BIND_PORT')), address === 'localhost' ? '127.0.0.1' : address);
    const connection = yield* listener.accept();
    if (!connection) return 1;
    yield* say('Accepted client connection');
    const expected = env.get('EXPECTED_CLIENT_DATA') ?? '';
    if (expected !== '') {
      const got = yield* readUpTo(connection.reader, encode(expected).length);
      if (got.length !== encode(expected).length) {
        yield* say(`Expected to read ${expected.length} bytes from client, but got ${got.length} instead. err=EOF`);
        return 2;
      }
      if (decode(got) !== expected) {
        yield* say(`Expect to read ${JSON.stringify(expected)}, but got ${JSON.stringify(decode(got))}. err=<nil>`);
        return 3;
      }
      yield* say('Received expected client data');
    }
    for (const name of ['CHUNKS', 'CHUNK_SIZE', 'CHUNK_INTERVAL']) {
      const text = env.get(name) ?? '';
      if (!/^[+-]?\d+$/.test(text)) {
        yield* say(
          `Error parsing ${name} ${JSON.stringify(text)}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
        );
        return 1;
      }
      counts.push(Number(text));
    }
    const [chunks = 0, size = 0, intervalMs = 0] = counts;
    for (let i = 0; i < chunks; i++) {
      yield* connection.writer.write(encode('x'.repeat(size)));
      if (i + 1 < chunks) yield* sleep(intervalMs);
    }
    yield* say('Shutting down connection');
    connection.writer.close();
    yield* sleep(lingerMs);
    connection.close();
    yield* say('Done');
    return 0;
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    yield* say(`Error listening: ${error.message}`);
    return 1;
  }
}

/** Fewer bytes only at the end of the stream. */
function* readUpTo(reader: Reader, count: number): Process<Uint8Array> {
  const bytes = new Uint8Array(count);
  let size = 0;
  while (size < count) {
    const piece = yield* reader.read(count - size);
    if (!piece) break;
    bytes.set(piece, size);
    size += piece.length;
  }
  return bytes.subarray(0, size);
}

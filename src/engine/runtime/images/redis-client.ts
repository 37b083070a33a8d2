import type { Process } from '../../../process/process.ts';
import { ByteReader } from '../../../shell/byte-reader.ts';
import type { NetworkStack } from '../../../shell/network-stack.ts';
import { encode } from '../../../shell/text.ts';
import { encodeResp, readResp, RespFailure, type RespValue } from './resp.ts';

/** Runs one command on a redis server. @throws NetworkError; Error with redis' text */
export function* redisCommand(
  network: NetworkStack,
  host: string,
  port: number,
  command: readonly string[],
): Process<RespValue> {
  const connection = yield* network.dial(host, port, { timeoutMs: 5000 });
  try {
    yield* connection.writer.write(encode(encodeResp(command)));
    const answer = (yield* readResp(new ByteReader(connection.reader))) ?? null;
    if (answer instanceof RespFailure) throw new Error(answer.text);
    return answer;
  } finally {
    connection.close();
  }
}

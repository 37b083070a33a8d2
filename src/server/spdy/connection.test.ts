import { describe, expect, it } from 'vitest';
import { SpdyConnection, type SpdyStream } from './connection.ts';
import { controlFrame, dataFrame, FrameReader, frameType, numbersFrame, type SpdyFrame } from './frames.ts';
import { HeaderCodec } from './header-codec.ts';

/** The client's side, as far as a test needs it. */
function client() {
  const headers = new HeaderCodec();
  const reader = new FrameReader();
  const frames: SpdyFrame[] = [];
  const opened: SpdyStream[] = [];
  let ended = false;
  const connection = new SpdyConnection(
    {
      write: (bytes) => void frames.push(...reader.read(bytes)),
      end: () => {
        ended = true;
      },
      backlog: 0,
    },
    (stream) => opened.push(stream),
  );
  const synStream = (id: number, fields: Readonly<Record<string, string>>): Buffer => {
    const numbers = Buffer.alloc(10);
    numbers.writeUInt32BE(id);
    return controlFrame(
      frameType.synStream,
      0,
      Buffer.concat([numbers, headers.encode(new Map(Object.entries(fields)))]),
    );
  };
  const heard = (): string[] =>
    frames.splice(0).map((frame) => {
      if (frame.kind === 'data') return `data ${frame.stream} ${frame.flags} ${frame.payload.toString()}`;
      if (frame.type === frameType.synReply)
        return `reply ${frame.payload.readUInt32BE(0)} ${headers.decode(frame.payload.subarray(4)).size}`;
      return `control ${frame.type} ${[...frame.payload].join(' ')}`;
    });
  return { connection, opened, synStream, heard, isEnded: () => ended };
}

describe('a SPDY connection', () => {
  it('opens streams with their headers, and carries data both ways', () => {
    const { connection, opened, synStream, heard } = client();
    connection.receive(synStream(1, { streamType: 'stdin', port: '80' }));
    connection.receive(synStream(3, { streamType: 'stdout' }));
    expect(opened.map(({ id, headers }) => [id, ...headers])).toEqual([
      [1, ['streamtype', 'stdin'], ['port', '80']],
      [3, ['streamtype', 'stdout']],
    ]);
    expect(heard()).toEqual(['reply 1 0', 'reply 3 0']);
    const got: (string | undefined)[] = [];
    opened[0]?.onData((data) => got.push(data && Buffer.from(data).toString()));
    connection.receive(dataFrame(1, false, Buffer.from('hello')));
    connection.receive(dataFrame(1, true, new Uint8Array()));
    opened[1]?.write(Buffer.from('answer'));
    opened[1]?.end();
    opened[1]?.write(Buffer.from('too late'));
    expect(got).toEqual(['hello', undefined]);
    expect(heard()).toEqual(['control 9 0 0 0 1 0 0 0 5', 'data 3 0 answer', 'data 3 1 ']);
  });

  it('reads frames that come in pieces', () => {
    const { connection, opened, synStream } = client();
    for (const byte of synStream(1, { streamType: 'error' })) connection.receive(Uint8Array.of(byte));
    expect(opened.map(({ headers }) => headers.get('streamtype'))).toEqual(['error']);
  });

  it('refuses numbers that do not grow or are not the client’s', () => {
    const { connection, opened, synStream, heard } = client();
    connection.receive(synStream(5, {}));
    connection.receive(synStream(3, {}));
    connection.receive(synStream(8, {}));
    expect(opened.map(({ id }) => id)).toEqual([5]);
    expect(heard()).toEqual(['reply 5 0', 'control 3 0 0 0 3 0 0 0 1', 'control 3 0 0 0 8 0 0 0 1']);
  });

  it('answers the client’s pings only', () => {
    const { connection, heard } = client();
    connection.receive(numbersFrame(frameType.ping, 7));
    connection.receive(numbersFrame(frameType.ping, 2));
    expect(heard()).toEqual(['control 6 0 0 0 7']);
  });

  it('ends when a header block is broken', () => {
    const { connection, opened, isEnded } = client();
    connection.receive(controlFrame(frameType.synStream, 0, Buffer.alloc(40, 0xff)));
    expect([opened.length, isEnded()]).toEqual([0, true]);
  });

  it('tells streams that the client is gone', () => {
    const { connection, opened, synStream } = client();
    connection.receive(synStream(1, {}));
    const got: unknown[] = [];
    opened[0]?.onData((data) => got.push(data));
    connection.gone();
    connection.gone();
    expect(got).toEqual([undefined]);
  });

  it('cuts long data into frames', () => {
    const { connection, opened, synStream, heard } = client();
    connection.receive(synStream(1, {}));
    heard();
    opened[0]?.write(new Uint8Array(200_000));
    expect(heard().map((frame) => frame.length - 'data 1 0 '.length)).toEqual([65_536, 65_536, 65_536, 3392]);
  });
});

it('header blocks refer to what went before', () => {
  const [sender, receiver] = [new HeaderCodec(), new HeaderCodec()];
  const fields = new Map([
    ['streamtype', 'data'],
    ['port', '8080'],
    ['requestid', '17'],
  ]);
  const lengths = [1, 2, 3].map(() => {
    const block = sender.encode(fields);
    expect(receiver.decode(block)).toEqual(fields);
    return block.length;
  });
  expect(lengths[1]).toBeLessThan(lengths[0] ?? 0);
});

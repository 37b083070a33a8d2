import { expect, it } from 'vitest';
import { controlFrame, FrameReader, frameType } from '../spdy/frames.ts';
import { HeaderCodec } from '../spdy/header-codec.ts';
import { expectedStreams, SpdyRemoteCommand } from './spdy-remote-command.ts';

const codec = (): HeaderCodec => new HeaderCodec();
function open(headers: HeaderCodec, id: number, streamtype: string): Buffer {
  const numbers = Buffer.alloc(10);
  numbers.writeUInt32BE(id);
  const block = headers.encode(new Map([['streamtype', streamtype]]));
  return controlFrame(frameType.synStream, 0, Buffer.concat([numbers, block]));
}

/** What the client hears of data, as `stream: text`, an end as `stream end`. */
function setup(protocol: string, streams: number) {
  const heard: string[] = [];
  const delivered: (string | undefined)[] = [];
  const reader = new FrameReader();
  const pipe = {
    write: (bytes: Uint8Array) => {
      for (const frame of reader.read(bytes))
        if (frame.kind === 'data')
          heard.push(frame.flags === 1 ? `${frame.stream} end` : `${frame.stream}: ${frame.payload.toString()}`);
    },
    end: () => void heard.push('closed'),
    backlog: 0,
  };
  const source = {
    deliver: (bytes: Uint8Array | undefined) => void delivered.push(bytes && Buffer.from(bytes).toString('latin1')),
    gone: () => {},
  };
  return { command: new SpdyRemoteCommand(pipe, source, { protocol, streams }), heard, delivered };
}

const failed = Buffer.from(
  `\u0003${JSON.stringify({ status: 'Failure', message: 'command terminated with exit code 3' })}`,
);

it('what the command says waits until the client has opened its streams', () => {
  const headers = codec();
  const { command, heard } = setup('v4.channel.k8s.io', 2);
  command.send(Buffer.from('\u0001hello'));
  command.send(failed);
  command.end();
  expect(heard).toEqual([]);
  command.connection.receive(open(headers, 1, 'error'));
  expect(heard).toEqual([]);
  command.connection.receive(open(headers, 3, 'stdout'));
  expect(heard).toEqual([
    '3: hello',
    '1: {"status":"Failure","message":"command terminated with exit code 3"}',
    '1 end',
    '3 end',
    'closed',
  ]);
});

it('before v4, the end is told in words', () => {
  const headers = codec();
  const { command, heard } = setup('v2.channel.k8s.io', 1);
  command.connection.receive(open(headers, 1, 'error'));
  command.send(failed);
  expect(heard).toEqual(['1: command terminated with exit code 3']);
});

it('input and sizes become messages of v5', () => {
  const headers = codec();
  const { command, delivered } = setup('v4.channel.k8s.io', 3);
  command.connection.receive(open(headers, 1, 'error'));
  command.connection.receive(open(headers, 3, 'stdin'));
  command.connection.receive(open(headers, 5, 'resize'));
  const data = (id: number, text: string, flags = 0): Buffer => {
    const frame = Buffer.alloc(8 + text.length);
    frame.writeUInt32BE(id);
    frame.writeUInt8(flags, 4);
    frame.writeUIntBE(text.length, 5, 3);
    frame.write(text, 8);
    return frame;
  };
  command.connection.receive(Buffer.concat([data(3, 'in'), data(5, '{"Width":80}'), data(3, '', 1)]));
  expect(delivered).toEqual(['\u0000in', '\u0004{"Width":80}', '\u00ff\u0000']);
});

it.each([
  { query: 'stdout=1', protocol: 'v4.channel.k8s.io', streams: 2 },
  { query: 'stdin=true&stdout=true&stderr=true', protocol: 'v4.channel.k8s.io', streams: 4 },
  { query: 'stdin=1&stdout=1&tty=1', protocol: 'v4.channel.k8s.io', streams: 4 },
  { query: 'stdin=1&stdout=1&tty=1', protocol: 'v2.channel.k8s.io', streams: 3 },
])('$query in $protocol makes $streams streams', ({ query, protocol, streams }) => {
  expect(expectedStreams(new URLSearchParams(query), protocol)).toBe(streams);
});

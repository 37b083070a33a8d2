import { expect, it } from 'vitest';
import { negotiate, portForwardProtocols, readerProtocols, remoteCommandProtocols } from './websocket-protocols.ts';

const failure = JSON.stringify({ status: 'Failure', message: 'command terminated with exit code 3' });
const success = JSON.stringify({ metadata: {}, status: 'Success' });
const message = (channel: number, text: string): Uint8Array =>
  Buffer.concat([Uint8Array.of(channel), Buffer.from(text)]);
const text = (bytes: Uint8Array | string | undefined): string | undefined =>
  bytes === undefined || typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString();

it.each([
  { protocol: 'v5.channel.k8s.io', channel: 1, sent: 'hi', wire: '\u0001hi' },
  { protocol: 'v4.channel.k8s.io', channel: 3, sent: success, wire: `\u0003${success}` },
  { protocol: 'v4.base64.channel.k8s.io', channel: 1, sent: 'hi\n', wire: '1aGkK' },
  { protocol: 'channel.k8s.io', channel: 3, sent: success, wire: undefined },
  { protocol: 'channel.k8s.io', channel: 3, sent: failure, wire: '\u0003command terminated with exit code 3' },
  { protocol: 'channel.k8s.io', channel: 3, sent: '', wire: '\u0003' },
  {
    protocol: 'base64.channel.k8s.io',
    channel: 3,
    sent: failure,
    wire: '3Y29tbWFuZCB0ZXJtaW5hdGVkIHdpdGggZXhpdCBjb2RlIDM=',
  },
  { protocol: '', channel: 2, sent: 'oh', wire: '\u0002oh' },
])('$protocol writes channel $channel as $wire', ({ protocol, channel, sent, wire }) => {
  expect(text(remoteCommandProtocols.get(protocol)?.encode(message(channel, sent)))).toBe(wire);
});

it.each([
  { protocol: 'v4.channel.k8s.io', wire: '\u0000in', read: '\u0000in' },
  { protocol: 'base64.channel.k8s.io', wire: '0aW4=', read: '\u0000in' },
  { protocol: 'base64.channel.k8s.io', wire: 'xaW4=', read: undefined },
])('$protocol reads $wire', ({ protocol, wire, read }) => {
  expect(text(remoteCommandProtocols.get(protocol)?.decode(Buffer.from(wire)))).toBe(read);
});

it.each([
  { offered: ['v5.channel.k8s.io', 'v4.channel.k8s.io'], known: remoteCommandProtocols, chosen: 'v5.channel.k8s.io' },
  { offered: ['v9.channel.k8s.io', 'channel.k8s.io'], known: remoteCommandProtocols, chosen: 'channel.k8s.io' },
  { offered: ['channel.k8s.io'], known: portForwardProtocols, chosen: undefined },
  { offered: [], known: portForwardProtocols, chosen: '' },
  { offered: ['base64.binary.k8s.io'], known: readerProtocols, chosen: 'base64.binary.k8s.io' },
])('of $offered the server takes $chosen', ({ offered, known, chosen }) => {
  expect(negotiate(offered, known)).toBe(chosen);
});

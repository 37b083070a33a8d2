/** The channel protocols of WebSocket. Upstream: streaming/pkg/httpstream/wsstream/conn.go (v1.36) */
import { channels, statusText } from './channels.ts';

/** How messages of v5 stand on the wire of another protocol. */
export interface ChannelCodec {
  /** The message to send; undefined for one that this protocol does not have. */
  encode(message: Uint8Array): Uint8Array | string | undefined;
  /** The message as v5 has it; undefined when it is broken. */
  decode(message: Uint8Array): Uint8Array | undefined;
}

const raw: ChannelCodec = { encode: (message) => message, decode: (message) => message };

/** Each message begins with the channel as a digit; the rest is base64. */
const base64: ChannelCodec = {
  encode: (message) =>
    String.fromCharCode(0x30 + (message[0] ?? 0)) + Buffer.from(message.subarray(1)).toString('base64'),
  decode: (message) => {
    const text = Buffer.from(message).toString('latin1');
    const channel = text.charCodeAt(0) - 0x30;
    if (!(channel >= 0 && channel <= 9)) return undefined;
    return Buffer.concat([Uint8Array.of(channel), Buffer.from(text.slice(1), 'base64')]);
  },
};

/** The end of a command is told in words, and only when it failed. */
const withPlainStatus = (codec: ChannelCodec): ChannelCodec => ({
  encode: (message) => {
    if (message[0] !== channels.error || message.length === 1) return codec.encode(message);
    const text = statusText(message.subarray(1));
    return text === undefined
      ? undefined
      : codec.encode(Buffer.concat([Uint8Array.of(channels.error), Buffer.from(text)]));
  },
  decode: (message) => codec.decode(message),
});

type Protocols = ReadonlyMap<string, ChannelCodec>;

/** Of exec and attach. The empty name stands for a client that names none. */
export const remoteCommandProtocols: Protocols = new Map([
  ['v5.channel.k8s.io', raw],
  ['v4.channel.k8s.io', raw],
  ['v4.base64.channel.k8s.io', base64],
  ['channel.k8s.io', withPlainStatus(raw)],
  ['base64.channel.k8s.io', withPlainStatus(base64)],
  ['', withPlainStatus(raw)],
]);

/** Of port-forward; v5 is what this project's own kubectl asks for first. */
export const portForwardProtocols: Protocols = new Map([
  ['v5.channel.k8s.io', raw],
  ['v4.channel.k8s.io', raw],
  ['v4.base64.channel.k8s.io', base64],
  ['', raw],
]);

const whole: ChannelCodec = { encode: (message) => message, decode: (message) => message };
const wholeBase64: ChannelCodec = {
  encode: (message) => Buffer.from(message).toString('base64'),
  decode: (message) => Buffer.from(Buffer.from(message).toString('latin1'), 'base64'),
};

/** Of logs and watches: no channels, one way. Upstream: streaming/pkg/httpstream/wsstream/stream.go (v1.36) */
export const readerProtocols: Protocols = new Map([
  ['', whole],
  ['binary.k8s.io', whole],
  ['base64.binary.k8s.io', wholeBase64],
]);

/** The first protocol offered that is known; undefined when none is. */
export function negotiate(offered: readonly string[], known: Protocols): string | undefined {
  return (offered.length === 0 ? [''] : offered).find((name) => known.has(name));
}

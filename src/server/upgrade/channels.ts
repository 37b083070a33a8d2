import type { Frame } from '../../protocol/rest.ts';

/** Channels of exec and attach. */
export const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

/** A message of a channel, as `v5.channel.k8s.io` has it. */
export function channelMessage(channel: number, data: Uint8Array): Uint8Array {
  const message = new Uint8Array(data.length + 1);
  message[0] = channel;
  message.set(data, 1);
  return message;
}

export const bytesOf = (frame: Frame): Uint8Array =>
  frame instanceof Uint8Array ? frame : Buffer.from(typeof frame === 'string' ? frame : JSON.stringify(frame));

/**
 * A command's end as clients before v4 read it: nothing when all is well, else the reason as text.
 * Upstream: cri-streaming/pkg/streaming/remotecommand/httpstream.go v1WriteStatusFunc (v1.36)
 */
export function statusText(status: Uint8Array): string | undefined {
  const parsed: unknown = JSON.parse(Buffer.from(status).toString('utf8'));
  const { status: outcome, message } = parsed as { readonly status?: string; readonly message?: string };
  return outcome === 'Success' ? undefined : (message ?? '');
}

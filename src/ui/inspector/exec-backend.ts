import { pods } from '../../api/resources.ts';
import { resourcePath } from '../../client/resource-path.ts';
import type { Session } from '../stores/session.ts';
import type { TerminalBackend } from '../terminal/use-terminal.ts';

/** Channels of `v5.channel.k8s.io`. */
const stdin = 0;
const stdout = 1;
const stderr = 2;
const failure = 3;
const resized = 4;

export interface ExecTarget {
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
  readonly command: readonly string[];
}

function withChannel(channel: number, bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length + 1);
  out[0] = channel;
  out.set(bytes, 1);
  return out;
}

/** `kubectl exec -it` behind a screen: the API's own exec stream. */
export function connectExec(
  session: Session,
  target: ExecTarget,
  write: (data: Uint8Array | string) => void,
): TerminalBackend {
  const { namespace, name, container, command } = target;
  const base = resourcePath(pods, {
    namespace,
    name,
    subresource: 'exec',
    query: { container, stdin: true, stdout: true, tty: true },
  });
  const path = base + command.map((word) => `&command=${encodeURIComponent(word)}`).join('');
  const encoder = new TextEncoder();
  let upgraded = false;
  let refusal = '';
  const end = (text: string) => write(`\r\n\x1b[2m${text}\x1b[0m\r\n`);
  const call = session.client.stream(
    { path, upgrade: ['v5.channel.k8s.io'] },
    {
      head: (head) => {
        upgraded = head.status === 101;
      },
      frame: (frame) => {
        if (!upgraded)
          refusal +=
            typeof frame === 'string'
              ? frame
              : frame instanceof Uint8Array
                ? new TextDecoder().decode(frame)
                : JSON.stringify(frame);
        else if (frame instanceof Uint8Array && (frame[0] === stdout || frame[0] === stderr)) write(frame.subarray(1));
        else if (frame instanceof Uint8Array && frame[0] === failure)
          refusal = new TextDecoder().decode(frame.subarray(1));
      },
      end: () => end(messageOf(refusal) || 'The command has ended.'),
      fail: (error) => end(error.message),
    },
  );
  return {
    type: (bytes) => call.send(withChannel(stdin, bytes)),
    resize: (columns, rows) =>
      call.send(withChannel(resized, encoder.encode(JSON.stringify({ Width: columns, Height: rows })))),
    close: () => call.abort(),
  };
}

function messageOf(text: string): string {
  try {
    const status = JSON.parse(text) as { readonly status?: string; readonly message?: string };
    return status.status === 'Success' ? '' : (status.message ?? text);
  } catch {
    return text;
  }
}

import { useEffect, useState } from 'react';
import { StatusError } from '../../apimachinery/status-error.ts';
import { resourcePath } from '../../client/resource-path.ts';
import { pods } from '../../api/resources.ts';
import { useSession } from '../stores/session-context.ts';
import { LogBuffer } from './log-buffer.ts';

export interface LogQuery {
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
  readonly previous: boolean;
  readonly timestamps: boolean;
}

export interface PodLog {
  readonly lines: readonly string[];
  readonly first: number;
  readonly problem: string | undefined;
  readonly ended: boolean;
}

const nothing: PodLog = { lines: [], first: 0, problem: undefined, ended: false };

/** Follows a container's log. Whoever shows another log shows another component. */
export function usePodLog({ namespace, name, container, previous, timestamps }: LogQuery): PodLog {
  const session = useSession();
  const [log, setLog] = useState<PodLog>(nothing);
  useEffect(() => {
    const query = {
      container,
      follow: !previous,
      tailLines: 1000,
      ...(previous ? { previous } : {}),
      ...(timestamps ? { timestamps } : {}),
    };
    const buffer = new LogBuffer();
    const decoder = new TextDecoder();
    let status = 0;
    let refusal = '';
    let frame = 0;
    const show = (changes: Partial<PodLog> = {}) => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => setLog({ ...nothing, lines: buffer.lines, first: buffer.first, ...changes }));
    };
    const call = session.client.stream(
      { path: resourcePath(pods, { namespace, name, subresource: 'log', query }), headers: { accept: '*/*' } },
      {
        head: (head) => {
          status = head.status;
        },
        frame: (data) => {
          const text =
            typeof data === 'string'
              ? data
              : data instanceof Uint8Array
                ? decoder.decode(data, { stream: true })
                : JSON.stringify(data);
          if (status !== 200) refusal += text;
          else {
            buffer.add(text);
            show();
          }
        },
        end: () => show(status === 200 ? { ended: true } : { problem: messageOf(status, refusal) }),
        fail: (error) => show({ problem: error.message }),
      },
    );
    return () => {
      cancelAnimationFrame(frame);
      call.abort();
    };
  }, [session, namespace, name, container, previous, timestamps]);
  return log;
}

function messageOf(status: number, text: string): string {
  try {
    return StatusError.fromAnswer(status, JSON.parse(text)).message;
  } catch {
    return text || `the server answered ${status}`;
  }
}

import { describe, expect, it } from 'vitest';
import type {
  ApiHandler,
  ApiRequest,
  Exchange,
  Frame,
  Receiver,
  ResponseHead,
  Transport,
} from '../../protocol/rest.ts';

/** One transport under test, in front of `handler`. */
export interface TransportSetup {
  readonly transport: Transport;
  /** Lets pass what is under way. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** What a receiver heard. */
class Recorder implements Receiver {
  readonly heard: unknown[] = [];
  frames: Frame[] = [];
  head(head: ResponseHead): void {
    this.heard.push(`head ${head.status}`);
  }
  frame(frame: Frame): void {
    this.heard.push('frame');
    this.frames.push(frame);
  }
  end(): void {
    this.heard.push('end');
  }
  fail(error: Error): void {
    this.heard.push(error);
  }
  get text(): string {
    const decoder = new TextDecoder();
    return this.frames
      .map((frame) =>
        typeof frame === 'string' ? frame : frame instanceof Uint8Array ? decoder.decode(frame) : JSON.stringify(frame),
      )
      .join('');
  }
}

const request = (path: string, more: Partial<ApiRequest> = {}): ApiRequest => ({
  method: 'GET',
  path,
  headers: { accept: 'application/json' },
  ...more,
});
const json = { 'content-type': 'application/json' };

/** What every transport does alike. */
export function describeTransport(name: string, setup: (handler: ApiHandler) => Promise<TransportSetup>): void {
  const withHandler = async (
    handle: (request: ApiRequest, exchange: Exchange) => void,
    test: (setup: TransportSetup) => Promise<void>,
  ) => {
    const made = await setup({ handle });
    try {
      await test(made);
    } finally {
      await made.close();
    }
  };

  describe(`${name} transport`, () => {
    it('brings method, path, headers and body to the server, and the answer back', () =>
      withHandler(
        (asked, exchange) => {
          const { body } = asked;
          const bytes = body instanceof Uint8Array ? new TextDecoder().decode(body) : body;
          const text = typeof bytes === 'object' ? JSON.stringify(bytes) : String(bytes);
          exchange.head({ status: 201, headers: json });
          exchange.frame({ method: asked.method, path: asked.path, type: asked.headers['content-type'], text });
          exchange.end();
        },
        async ({ transport, settle }) => {
          const recorder = new Recorder();
          transport.request(request('/api/v1/x?a=b%20c', { method: 'POST', headers: json, body: { a: 1 } }), recorder);
          expect(recorder.heard).toEqual([]);
          await settle();
          expect(recorder.heard[0]).toBe('head 201');
          expect(recorder.heard.at(-1)).toBe('end');
          expect(JSON.parse(recorder.text)).toEqual({
            method: 'POST',
            path: '/api/v1/x?a=b%20c',
            type: 'application/json',
            text: '{"a":1}',
          });
        },
      ));

    it('delivers frames in order, as they come', async () => {
      let exchange: Exchange | undefined;
      await withHandler(
        (_, opened) => {
          exchange = opened;
          opened.head({ status: 200, headers: json });
          opened.frame('a');
        },
        async ({ transport, settle }) => {
          const recorder = new Recorder();
          transport.request(request('/watch'), recorder);
          await settle();
          expect(recorder.text).toBe('a');
          for (const frame of ['b', 'c', 'd']) exchange?.frame(frame);
          expect(recorder.text).toBe('a');
          await settle();
          expect(recorder.text).toBe('abcd');
          expect(recorder.heard).not.toContain('end');
          exchange?.end();
          await settle();
          expect(recorder.heard.at(-1)).toBe('end');
        },
      );
    });

    it('hears nothing after an abort, and the server is told', async () => {
      let exchange: Exchange | undefined;
      let aborted = 0;
      await withHandler(
        (_, opened) => {
          exchange = opened;
          opened.onAbort(() => aborted++);
          opened.head({ status: 200, headers: json });
          opened.frame('a');
        },
        async ({ transport, settle }) => {
          const recorder = new Recorder();
          const call = transport.request(request('/watch'), recorder);
          await settle();
          exchange?.frame('b');
          call.abort();
          call.abort();
          await settle();
          expect(aborted).toBe(1);
          exchange?.frame('c');
          exchange?.end();
          await settle();
          expect(recorder.text).toBe('a');
          expect(recorder.heard).not.toContain('end');
        },
      );
    });

    it('does not tell the server of an abort after the end', async () => {
      let aborted = 0;
      await withHandler(
        (_, exchange) => {
          exchange.onAbort(() => aborted++);
          exchange.head({ status: 200, headers: json });
          exchange.end();
        },
        async ({ transport, settle }) => {
          const recorder = new Recorder();
          const call = transport.request(request('/x'), recorder);
          await settle();
          call.abort();
          await settle();
          expect(recorder.heard).toEqual(['head 200', 'end']);
          expect(aborted).toBe(0);
        },
      );
    });

    it('answers several requests side by side', () =>
      withHandler(
        (asked, exchange) => {
          exchange.head({ status: 200, headers: json });
          exchange.frame(asked.path);
          exchange.end();
        },
        async ({ transport, settle }) => {
          const recorders = ['/1', '/2', '/3'].map((path) => {
            const recorder = new Recorder();
            transport.request(request(path), recorder);
            return recorder;
          });
          await settle();
          expect(recorders.map((recorder) => recorder.text)).toEqual(['/1', '/2', '/3']);
        },
      ));
  });
}

/** What every transport that can be upgraded does alike. */
export function describeUpgrades(name: string, setup: (handler: ApiHandler) => Promise<TransportSetup>): void {
  it(`${name} transport carries messages both ways on an upgraded stream`, async () => {
    const got: (string | undefined)[] = [];
    const made = await setup({
      handle: (asked, exchange) => {
        exchange.head({ status: 101, headers: {}, upgrade: asked.upgrade?.[0] ?? '' });
        exchange.onData((bytes) => {
          got.push(bytes && new TextDecoder().decode(bytes));
          if (bytes) exchange.frame(bytes);
          else exchange.end();
        });
      },
    });
    try {
      const recorder = new Recorder();
      const call = made.transport.request(request('/exec', { upgrade: ['v5.channel.k8s.io'] }), recorder);
      call.send(new TextEncoder().encode('\u0000one'));
      call.send(new TextEncoder().encode('\u0000two'));
      call.closeSend();
      await made.settle();
      expect(recorder.heard[0]).toBe('head 101');
      expect(recorder.text).toBe('\u0000one\u0000two');
      expect(got).toEqual(['\u0000one', '\u0000two', undefined]);
      expect(recorder.heard.at(-1)).toBe('end');
    } finally {
      await made.close();
    }
  });
}

import { describe, expect, it } from 'vitest';
import { Sim } from '../../engine/sim/sim.ts';
import type { ApiRequest, Receiver } from '../../protocol/rest.ts';
import type { Connection } from '../../shell/network-stack.ts';
import { BytesReader } from '../../shell/streams.ts';
import { decode, encode } from '../../shell/text.ts';
import type { RestClient } from '../rest/rest-client.ts';
import { type ApiProxyOptions, serveApiProxy } from './api-proxy.ts';
import { makeRegexpArray } from './request-filter.ts';

const address = { ip: '127.0.0.1', port: 8001 };

/** What a client hears that sends some requests and closes its side. */
function ask(text: string, options: Partial<ApiProxyOptions> = {}): { heard: string; passed: ApiRequest[] } {
  const sim = new Sim();
  const passed: ApiRequest[] = [];
  let heard = '';
  const rest = {
    stream(request: ApiRequest, receiver: Receiver) {
      passed.push(request);
      receiver.head({ status: 200, headers: { 'content-type': 'application/json' } });
      receiver.frame({ type: 'ADDED' });
      receiver.frame('text');
      receiver.end();
      return { abort: () => {}, send: () => {}, closeSend: () => {} };
    },
  } as unknown as RestClient;
  const connection: Connection = {
    local: address,
    remote: address,
    reader: new BytesReader(encode(text)),
    writer: {
      *write(bytes) {
        heard += decode(bytes);
      },
      close: () => {},
    },
    close: () => {},
    annotate: () => {},
  };
  sim.spawn(serveApiProxy(connection, { rest, apiPrefix: '/', filter: undefined, file: () => undefined, ...options }));
  sim.settle();
  return { heard, passed };
}

describe('serveApiProxy', () => {
  it('passes requests on and answers in chunks, one after another', () => {
    const { heard, passed } = ask(
      'GET /api/v1/pods?watch=1 HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n' +
        'POST /api/v1/pods HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}',
    );
    const answer =
      'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n' +
      '11\r\n{"type":"ADDED"}\n\r\n4\r\ntext\r\n0\r\n\r\n';
    expect(heard).toBe(answer + answer);
    expect(passed).toEqual([
      { method: 'GET', path: '/api/v1/pods?watch=1', headers: { accept: 'application/json' } },
      { method: 'POST', path: '/api/v1/pods', headers: {}, body: encode('{}') },
    ]);
  });

  it('closes after the answer to an old client', () => {
    expect(ask('GET /api HTTP/1.0\r\n\r\n').heard).toBe(
      'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nConnection: close\r\n\r\n{"type":"ADDED"}\ntext',
    );
  });

  it('strips its prefix and knows nothing else', () => {
    const options = { apiPrefix: '/k8s/' };
    expect(ask('GET /k8s/api/v1/pods HTTP/1.1\r\n\r\n', options).passed.map(({ path }) => path)).toEqual([
      '/api/v1/pods',
    ]);
    expect(ask('GET /api HTTP/1.1\r\n\r\n', options).heard).toMatch(
      /^HTTP\/1\.1 404 Not Found[^]*\r\n\r\n404 page not found\n$/,
    );
  });

  it('refuses hosts that are not this machine', () => {
    const filter = {
      acceptPaths: makeRegexpArray('^.*'),
      rejectPaths: [],
      acceptHosts: makeRegexpArray('^localhost$'),
      rejectMethods: [],
    };
    const { heard, passed } = ask('GET /api HTTP/1.1\r\nHost: evil.example:8001\r\n\r\n', { filter });
    expect(heard).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n[^]*\r\n\r\nForbidden\n$/);
    expect(passed).toEqual([]);
  });

  it('serves files beside the API', () => {
    const file = (path: string) =>
      path === '/static/a.txt' ? { bytes: encode('hello'), type: 'text/plain' } : undefined;
    const { heard } = ask('GET /static/a.txt HTTP/1.1\r\n\r\n', { file });
    expect(heard).toBe('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello');
  });
});

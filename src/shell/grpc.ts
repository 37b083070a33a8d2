/**
 * gRPC in outline: a unary call is a POST of JSON to `/package.Service/Method`, its outcome in `grpc-status` and `grpc-message`.
 * Services of the simulation speak it among themselves, and the kubelet's gRPC probes through `checkGrpcHealth`.
 */
import { errorText } from '../apimachinery/error-text.ts';
import type { Process } from '../process/process.ts';
import type { HttpHandler } from './http-server.ts';
import { httpRequest } from './http-client.ts';
import { HttpError } from './http.ts';
import { NetworkError, type NetworkStack } from './network-stack.ts';
import { decode } from './text.ts';
import { TimeoutError } from '../process/combinators.ts';

/** Names of the status codes that are used here, by number. */
export const grpcCodes: Readonly<Record<number, string>> = {
  0: 'OK',
  1: 'Canceled',
  2: 'Unknown',
  3: 'InvalidArgument',
  4: 'DeadlineExceeded',
  5: 'NotFound',
  7: 'PermissionDenied',
  12: 'Unimplemented',
  13: 'Internal',
  14: 'Unavailable',
};

/** A call that failed; the message is worded as grpc-go words it. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';
  readonly code: number;
  readonly detail: string;
  constructor(code: number, detail: string) {
    super(`rpc error: code = ${grpcCodes[code] ?? code} desc = ${detail}`);
    this.code = code;
    this.detail = detail;
  }
}

export type GrpcMethod = (message: Readonly<Record<string, unknown>>) => Process<unknown>;

const contentType = 'application/grpc+json';
const checkMethod = '/grpc.health.v1.Health/Check';

/** Answers calls by `/package.Service/Method`; serves the health protocol when `health` is given. */
export function grpcHandler(
  methods: Readonly<Record<string, GrpcMethod>>,
  health?: (service: string) => 'SERVING' | 'NOT_SERVING' | undefined,
): HttpHandler {
  const known = new Map(Object.entries(methods));
  if (health) {
    known.set(checkMethod, function* (message) {
      const status = health(String(message.service ?? ''));
      if (!status) throw new GrpcError(5, 'unknown service');
      return { status };
    });
  }
  return function* (request) {
    const method = known.get(request.path);
    const reply = (code: number, message: string, body = '') => ({
      status: 200,
      headers: {
        'Content-Type': contentType,
        'grpc-status': String(code),
        ...(message === '' ? {} : { 'grpc-message': encodeURIComponent(message) }),
      },
      body,
    });
    if (!request.headers.get('content-type')?.startsWith('application/grpc'))
      return { status: 415, body: 'invalid gRPC request content-type\n' };
    if (!method)
      return reply(
        12,
        `unknown method ${request.path.slice(request.path.lastIndexOf('/') + 1)} for service ${request.path.slice(1, request.path.lastIndexOf('/'))}`,
      );
    try {
      const message: unknown = JSON.parse(decode(request.body) || '{}');
      return reply(0, '', JSON.stringify(yield* method(message as Record<string, unknown>)));
    } catch (error) {
      if (error instanceof GrpcError) return reply(error.code, error.detail);
      return reply(2, errorText(error));
    }
  };
}

/** Makes one unary call. `target` is `host:port`. @throws GrpcError */
export function* grpcCall(
  network: NetworkStack,
  target: string,
  method: string,
  message: unknown,
  timeoutMs = 10_000,
): Process<unknown> {
  try {
    const result = yield* httpRequest(network, {
      url: `http://${target}${method}`,
      method: 'POST',
      headers: { 'Content-Type': contentType, 'User-Agent': 'grpc-go/1.75.0' },
      body: JSON.stringify(message),
      timeoutMs,
    });
    const code = result.headers.get('grpc-status');
    if (code === undefined)
      throw new GrpcError(14, `unexpected HTTP status code received from server: ${result.status}`);
    if (code !== '0') throw new GrpcError(Number(code), decodeURIComponent(result.headers.get('grpc-message') ?? ''));
    return JSON.parse(decode(result.body) || 'null');
  } catch (error) {
    throw toGrpcError(error, target);
  }
}

function toGrpcError(error: unknown, target: string): unknown {
  if (error instanceof TimeoutError) return new GrpcError(4, 'context deadline exceeded');
  if (error instanceof HttpError) return new GrpcError(14, 'error reading from server: EOF');
  if (!(error instanceof NetworkError)) return error;
  if (error.code === 'ENOTFOUND') return new GrpcError(14, `name resolver error: produced zero addresses`);
  const reason =
    error.code === 'ECONNREFUSED' ? 'connection refused' : error.code === 'ETIMEDOUT' ? 'i/o timeout' : error.message;
  return new GrpcError(
    14,
    `connection error: desc = "transport: Error while dialing: dial tcp ${target}: connect: ${reason}"`,
  );
}

/** Asks for a service's health as the kubelet does. Gives the status the server names. @throws GrpcError */
export function* checkGrpcHealth(
  network: NetworkStack,
  target: string,
  service: string,
  timeoutMs: number,
): Process<string> {
  const answer = (yield* grpcCall(network, target, checkMethod, { service }, timeoutMs)) as {
    readonly status?: unknown;
  };
  return typeof answer.status === 'string' ? answer.status : 'UNKNOWN';
}

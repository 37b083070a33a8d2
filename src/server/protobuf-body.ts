import { ProtobufDecoder } from '../api/protobuf.ts';
import type { ApiRequest } from '../protocol/rest.ts';

const protobufType = 'application/vnd.kubernetes.protobuf';

/**
 * Turns requests in protobuf into ones in JSON, so that the engine knows one encoding. A body that cannot be read goes on as it is: the API
 * server refuses it in its own words. A client that accepts nothing but protobuf gets JSON, and says by the answer's type that it is.
 */
export class ProtobufBodies {
  #decoder: ProtobufDecoder | undefined;

  translate(request: ApiRequest): ApiRequest {
    const accept = request.headers['accept'];
    const asked =
      accept !== undefined && isProtobufOnly(accept) ? withHeader(request, 'accept', 'application/json') : request;
    const type = asked.headers['content-type'];
    if (!type?.startsWith(protobufType) || !(asked.body instanceof Uint8Array)) return asked;
    this.#decoder ??= new ProtobufDecoder();
    try {
      const body = JSON.stringify(this.#decoder.decode(asked.body));
      return { ...withHeader(asked, 'content-type', 'application/json'), body };
    } catch {
      return asked;
    }
  }
}

/** Whether an Accept header names protobuf, as it is, and nothing else. */
const isProtobufOnly = (accept: string): boolean =>
  accept.split(',').every((clause) => clause.trim().startsWith(protobufType) && !/;\s*as=/.test(clause));

const withHeader = (request: ApiRequest, name: string, value: string): ApiRequest => ({
  ...request,
  headers: { ...request.headers, [name]: value },
});

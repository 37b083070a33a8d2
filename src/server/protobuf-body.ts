import { ProtobufDecoder } from '../api/protobuf.ts';
import type { ApiRequest } from '../protocol/rest.ts';

const protobufType = 'application/vnd.kubernetes.protobuf';

/**
 * Turns protobuf bodies into JSON ones, so that the engine knows one encoding. A body that cannot be read goes on as it is:
 * the API server refuses it in its own words.
 */
export class ProtobufBodies {
  #decoder: ProtobufDecoder | undefined;

  translate(request: ApiRequest): ApiRequest {
    const type = request.headers['content-type'];
    if (!type?.startsWith(protobufType) || !(request.body instanceof Uint8Array)) return request;
    this.#decoder ??= new ProtobufDecoder();
    try {
      const body = JSON.stringify(this.#decoder.decode(request.body));
      return { ...request, body, headers: { ...request.headers, 'content-type': 'application/json' } };
    } catch {
      return request;
    }
  }
}

import type { ApiRequest, UserInfo } from '../../protocol/rest.ts';
import type { QueryValues, RequestInfo } from './request-info.ts';

/** One request on its way through the server. */
export interface RequestContext {
  readonly request: ApiRequest;
  readonly info: RequestInfo;
  readonly query: QueryValues;
  readonly user: UserInfo;
  /** Asked by a component of the engine itself: answers carry no managedFields and share the stored objects. */
  readonly internal: boolean;
  /** Texts of Warning headers, each once, in order. */
  readonly warnings: Set<string>;
}

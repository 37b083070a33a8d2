/** How long a request may take. Upstream: apiserver/pkg/endpoints/filters/request_deadline.go (v1.36) */
import { DurationError, parseDuration } from '../../apimachinery/duration.ts';
import { newBadRequest, newTimeout, type StatusError } from '../../apimachinery/status-error.ts';
import type { RequestContext } from './request-context.ts';

/** What the server allows at most. */
const requestTimeoutMs = 60_000;
const longRunningSubresources: ReadonlySet<string> = new Set(['attach', 'exec', 'proxy', 'log', 'portforward']);

/**
 * The time a request has, in ms; undefined for one that goes on by nature: a watch, a log, a stream.
 *
 * @throws StatusError BadRequest when the client asks for a time that is none
 */
export function timeoutOf({ info, query }: RequestContext): number | undefined {
  if (info.verb === 'watch' || info.verb === 'proxy' || longRunningSubresources.has(info.subresource)) return undefined;
  const text = query.get('timeout');
  if (text === '') return requestTimeoutMs;
  try {
    const askedMs = parseDuration(text);
    return askedMs > 0 && askedMs < requestTimeoutMs ? askedMs : requestTimeoutMs;
  } catch (error) {
    if (!(error instanceof DurationError)) throw error;
    throw newBadRequest(`invalid timeout specified in the request URL - ${error.message}`);
  }
}

/** What a client hears whose request took too long. */
export const deadlineExceeded = (): StatusError =>
  newTimeout('request did not complete within requested timeout - context deadline exceeded', 0);

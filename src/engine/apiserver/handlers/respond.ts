import { errorText } from '../../../apimachinery/error-text.ts';
import { encodeGoJson } from '../../../apimachinery/go-json.ts';
import { StatusError, newInternalError, type Status } from '../../../apimachinery/status-error.ts';
import type { Exchange } from '../../../protocol/rest.ts';
import type { RequestContext } from '../request-context.ts';
import { writeYaml } from '../../../apimachinery/yaml-writer.ts';
import { writtenAs } from './media-type.ts';

/** A Warning header of RFC 7234, as the API writes it. */
export function warningHeader(texts: Iterable<string>): string {
  return [...texts].map((text) => `299 - ${JSON.stringify(text.replace(/[\r\n]/g, ' '))}`).join(', ');
}

function headersOf(context: RequestContext | undefined, contentType: string): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': contentType, 'cache-control': 'no-cache, private' };
  if (context && context.warnings.size > 0) headers['warning'] = warningHeader(context.warnings);
  return headers;
}

const trueTexts: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);

/** Whether JSON is to be indented: asked for, or read by a person's curl or browser. Upstream: isPrettyPrint (v1.36) */
function isPretty(context: RequestContext | undefined): boolean {
  if (!context || context.internal) return false;
  const asked = context.query.get('pretty');
  if (asked !== '') return trueTexts.has(asked);
  return /^(?:curl|Wget|Mozilla\/5\.0)/.test(context.request.headers['user-agent'] ?? '');
}

/** HTTP sends no body to who asks for the head alone. */
const isHead = (context: RequestContext | undefined): boolean => context?.request.method === 'HEAD';

/** Answers with one object and ends. */
export function reply(
  exchange: Exchange,
  context: RequestContext | undefined,
  status: number,
  object: object,
  isError = false,
): void {
  const { mediaType, pretty } = writtenAs(context?.request.headers['accept'], isError);
  if (mediaType === 'application/yaml') {
    exchange.head({ status, headers: headersOf(context, 'application/yaml') });
    if (!isHead(context)) exchange.frame(writeYaml(object));
  } else {
    exchange.head({ status, headers: headersOf(context, 'application/json') });
    if (!isHead(context)) exchange.frame(pretty || isPretty(context) ? encodeGoJson(object, { indent: 2 }) : object);
  }
  exchange.end();
}

/** Whether an answer is to be JSON text on one line: then it need not be made as an object first. */
export function takesText({ body }: Exchange, context: RequestContext): boolean {
  if (!body || isHead(context)) return false;
  const { mediaType, pretty } = writtenAs(context.request.headers['accept'], false);
  return mediaType === 'application/json' && !pretty && !isPretty(context);
}

/** Answers with JSON text, made as the client reads it, and ends. The exchange must take text. */
export function replyPieces(exchange: Exchange, context: RequestContext, pieces: Iterable<string>): void {
  exchange.head({ status: 200, headers: headersOf(context, 'application/json') });
  exchange.body?.(pieces);
}

/** Answers with plain text and ends. */
export function replyText(exchange: Exchange, status: number, text: string): void {
  exchange.head({
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache, private' },
  });
  if (text !== '') exchange.frame(text);
  exchange.end();
}

/** Answers with an error and ends. */
export function replyError(exchange: Exchange, context: RequestContext | undefined, error: unknown): void {
  const status = statusOf(error);
  const retry = status.details?.retryAfterSeconds;
  if (retry === undefined) return reply(exchange, context, status.code ?? 500, status, true);
  exchange.head({
    status: status.code ?? 500,
    headers: { ...headersOf(context, 'application/json'), 'retry-after': String(retry) },
  });
  exchange.frame(status);
  exchange.end();
}

/** The Status of an error: its own, or a 500 with its text. */
export function statusOf(error: unknown): Status {
  if (error instanceof StatusError) return error.status;
  return newInternalError(errorText(error)).status;
}

/** The token that a page of a list ends with. Upstream: apiserver/pkg/storage/continue.go (v1.36) */
import { newBadRequest } from '../../../apimachinery/status-error.ts';
import { fromBase64Url, toBase64Url } from '../codec/base64.ts';
import { GoJsonError, parseGoJson } from '../codec/go-json-reader.ts';

export interface ContinuePosition {
  /** Where the next page begins, below the resource's prefix. */
  readonly start: string;
  /** The version of the list; -1: the newest. */
  readonly revision: number;
}

/** Makes a token. */
export function encodeContinue(start: string, revision: number): string {
  return toBase64Url(new TextEncoder().encode(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start })));
}

const invalid = (why: string): Error => newBadRequest(`invalid continue token: continue key is not valid${why}`);

/** Reads a token. @throws StatusError BadRequest */
export function decodeContinue(text: string): ContinuePosition {
  const bytes = fromBase64Url(text);
  if (typeof bytes === 'number') throw invalid(`: illegal base64 data at input byte ${bytes}`);
  let token: { readonly v?: unknown; readonly rv?: unknown; readonly start?: unknown };
  try {
    token = parseGoJson(bytes).value as typeof token;
  } catch (error) {
    if (error instanceof GoJsonError) throw invalid(`: ${error.message}`);
    throw error;
  }
  if (token.v !== 'meta.k8s.io/v1')
    throw invalid(`: server does not recognize this encoded version ${String(token.v ?? '')}`);
  if (!token.rv) throw invalid(': incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  const start = String(token.start ?? '');
  if (start === '') throw invalid(': encoded start key empty (version meta.k8s.io/v1)');
  if (start.split('/').includes('..') || start.startsWith('/')) throw invalid(`: ${start}`);
  return { start, revision: Number(token.rv) };
}

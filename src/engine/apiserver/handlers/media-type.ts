/**
 * What a client accepts: plain objects, Tables or partial metadata, as JSON or YAML.
 * Upstream: apiserver/pkg/endpoints/handlers/negotiation/negotiate.go (v1.36)
 */
import { newNotAcceptable, newStatusError, type StatusError } from '../../../apimachinery/status-error.ts';

export type MediaType = 'application/json' | 'application/yaml' | 'application/vnd.kubernetes.protobuf';

/** How an object is to be shown. */
export interface Accepted {
  readonly mediaType: MediaType;
  readonly as: '' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  /** Version of meta.k8s.io for `as`. */
  readonly version: string;
}

/** One clause of an Accept header. */
export interface AcceptClause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

const representations = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const streams = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'];

/** Clauses, the best first. */
export function parseAccept(header: string): AcceptClause[] {
  const clauses = header.split(',').map((text) => {
    const [type = '', ...rest] = text.split(';').map((part) => part.trim());
    const parameters = new Map(rest.map((part) => part.split('=', 2) as [string, string]).map(([k, v = '']) => [k, v]));
    const quality = parameters.has('q') ? Number(parameters.get('q')) : 1;
    return { type: type.toLowerCase(), parameters, quality };
  });
  return clauses.filter(({ type }) => type !== '').sort((a, b) => b.quality - a.quality);
}

function typeOf(type: string): MediaType | undefined {
  if (type === '*/*' || type === '*' || type === 'application/json') return 'application/json';
  return representations.find((known) => known === type) as MediaType | undefined;
}

const convertible: ReadonlySet<string> = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList']);

/** Refuses what cannot be answered where Tables are not made. @throws StatusError NotAcceptable */
export function refuseTables(header: string | undefined): void {
  const others = parseAccept(header ?? '').filter(({ parameters }) => parameters.get('as') !== 'Table');
  if (others.length === 0 && header?.includes('as=Table')) throw newNotAcceptable(representations);
}

/** What to answer with. @throws StatusError NotAcceptable */
export function negotiate(header: string | undefined, watch = false): Accepted {
  const plain: Accepted = { mediaType: 'application/json', as: '', version: 'v1' };
  if (header === undefined || header === 'application/json' || header === '*/*' || header === '') return plain;
  const clauses = parseAccept(header);
  let known = false;
  for (const { type, parameters } of clauses) {
    const mediaType = typeOf(type);
    if (!mediaType || mediaType === 'application/vnd.kubernetes.protobuf') continue;
    known = true;
    if (watch && mediaType === 'application/yaml') throw newNotAcceptable(streams);
    const as = parameters.get('as') ?? '';
    if (as === '') return { mediaType, as: '', version: 'v1' };
    const version = parameters.get('v') ?? '';
    if (!convertible.has(as) || parameters.get('g') !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1'))
      continue;
    return { mediaType, as: as as Accepted['as'], version };
  }
  if (known || clauses.some(({ type }) => type.startsWith('application/vnd.kubernetes'))) {
    throw newNotAcceptable(watch ? streams : representations);
  }
  throw notAcceptable(watch);
}

/** The refusal of a type that the router knows nothing of. */
function notAcceptable(watch: boolean): StatusError {
  const known = watch ? [...representations, ...streams] : representations;
  const message = `406: Not Acceptable\n\nAvailable representations: ${known.join(', ')}`;
  return newStatusError({ code: 406, reason: 'NotAcceptable', message, details: {} });
}

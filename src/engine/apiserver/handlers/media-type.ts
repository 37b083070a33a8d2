/**
 * What a client accepts: plain objects, Tables or partial metadata, as JSON or YAML. First the router looks whether it knows one
 * of the types at all, then the handler for what it can make.
 * Upstream: apiserver/pkg/endpoints/handlers/negotiation/negotiate.go (v1.36)
 */
import { newNotAcceptable, newStatusError, type StatusError } from '../../../apimachinery/status-error.ts';

export type MediaType = 'application/json' | 'application/yaml';

/** How an object is to be shown. */
export interface Accepted {
  readonly mediaType: MediaType;
  readonly as: '' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  /** Version of meta.k8s.io for `as`. */
  readonly version: string;
  /** JSON is to be indented. */
  readonly pretty: boolean;
  /**
   * Objects are to be shown without their managed fields: `application/json;managedfields=omit`.
   * Differs: upstream knows no such parameter and passes over it.
   */
  readonly omitsManagedFields?: boolean;
}

/** One clause of an Accept header. */
export interface AcceptClause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

const protobuf = 'application/vnd.kubernetes.protobuf';
const representations = ['application/json', 'application/yaml', protobuf];
const streams = ['application/json;stream=watch', `${protobuf};stream=watch`];
const plain: Accepted = Object.freeze({ mediaType: 'application/json', as: '', version: 'v1', pretty: false });

/** Clauses, the best first; what is no type is left out. Upstream: goautoneg.ParseAccept */
export function parseAccept(header: string): AcceptClause[] {
  const clauses = header.split(',').flatMap((text): AcceptClause[] => {
    const [type = '', ...rest] = text.split(';').map((part) => part.trim());
    if (type !== '*' && !/^[^/]*\/[^/]+$/.test(type)) return [];
    const pairs = rest.map((part) => part.split('=')).filter((pair) => pair.length === 2 && pair[1] !== '');
    const parameters = new Map(pairs.map(([name = '', value = '']) => [name.trim(), value.trim()]));
    const quality = parameters.has('q') ? Number(parameters.get('q')) || 0 : 1;
    return [{ type, parameters, quality }];
  });
  const wild = (type: string): number => (type.startsWith('*') ? 2 : type.endsWith('/*') ? 1 : 0);
  return clauses.sort((a, b) => b.quality - a.quality || wild(a.type) - wild(b.type));
}

const isPlain = (header: string | undefined): boolean =>
  header === undefined || header === 'application/json' || header === '*/*' || header.trim() === '';

function mediaTypesOf(type: string): readonly string[] {
  if (type === '*/*' || type === '*' || type === 'application/*') return representations;
  return representations.includes(type) ? [type] : [];
}

/** Gives what a clause makes of an object, if the endpoint can. */
type Transforms = (as: string, parameters: ReadonlyMap<string, string>) => boolean;

const convertible: ReadonlySet<string> = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList']);
const ofObjects: Transforms = (as, parameters) =>
  convertible.has(as) &&
  parameters.get('g') === 'meta.k8s.io' &&
  (parameters.get('v') === 'v1' || parameters.get('v') === 'v1beta1');
const none: Transforms = () => false;

/** The first clause that can be met. Protobuf is read here, never written. */
function choose(header: string, transforms: Transforms): Accepted | undefined {
  for (const { type, parameters } of parseAccept(header)) {
    const mediaType = mediaTypesOf(type).find((known) => known !== protobuf) as MediaType | undefined;
    if (!mediaType) continue;
    const stream = parameters.get('stream');
    if (stream !== undefined && (stream !== 'watch' || mediaType === 'application/yaml')) continue;
    const as = parameters.get('as') ?? '';
    const converts = as !== '' || parameters.has('g') || parameters.has('v');
    if (converts && !transforms(as, parameters)) continue;
    const version = converts ? (parameters.get('v') ?? 'v1') : 'v1';
    return {
      mediaType,
      as: as as Accepted['as'],
      version,
      pretty: parameters.get('pretty') === '1',
      ...(parameters.get('managedfields') === 'omit' ? { omitsManagedFields: true } : {}),
    };
  }
  return undefined;
}

/** Whether the router knows one of the types. Upstream: github.com/emicklei/go-restful Route.matchesAccept */
function isRouted(header: string, produced: readonly string[]): boolean {
  return header.split(',').some((clause) => {
    const type = clause.split(';')[0]?.trim() ?? '';
    return type === '*/*' || produced.includes(type);
  });
}

/** @throws StatusError NotAcceptable, in the router's words */
export function checkRouted(header: string | undefined, produced: readonly string[]): void {
  if (isPlain(header) || header === undefined || isRouted(header, produced)) return;
  const message = `406: Not Acceptable\n\nAvailable representations: ${produced.join(', ')}`;
  throw newStatusError({ code: 406, reason: 'NotAcceptable', message, details: {} });
}

/** What to answer a request to a resource with. @throws StatusError NotAcceptable */
export function negotiate(header: string | undefined, watch = false): Accepted {
  if (isPlain(header) || header === undefined) return plain;
  checkRouted(header, watch ? [...representations, ...streams] : representations);
  const chosen = choose(header, ofObjects);
  if (!chosen) throw newNotAcceptable(representations);
  if (watch && chosen.mediaType === 'application/yaml') throw newNotAcceptable(streams);
  return chosen;
}

/** Refuses what cannot be answered where Tables are not made. @throws StatusError NotAcceptable */
export function refuseTables(header: string | undefined): void {
  if (isPlain(header) || header === undefined) return;
  checkRouted(header, representations);
  if (!choose(header, (as, parameters) => as !== 'Table' && ofObjects(as, parameters))) throw notAcceptable();
}

/** What to answer with where objects can only be shown as they are: discovery. @throws StatusError NotAcceptable */
export function negotiatePlain(header: string | undefined): Accepted {
  if (isPlain(header) || header === undefined) return plain;
  const chosen = choose(header, none);
  if (!chosen) throw notAcceptable();
  return chosen;
}

const notAcceptable = (): StatusError => newNotAcceptable(representations);

/** How an answer is written. An error is never transformed: who asks for that in YAML gets it in JSON. */
export function writtenAs(header: string | undefined, isError: boolean): Accepted {
  if (isPlain(header) || header === undefined) return plain;
  return choose(header, isError ? none : ofObjects) ?? plain;
}

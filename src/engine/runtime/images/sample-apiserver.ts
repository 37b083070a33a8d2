/**
 * sample-apiserver: an API server of its own for `wardle.example.com`, which the aggregator leads to. It keeps flunders and fischers in
 * memory (the etcd beside it runs and is not asked) and serves plain JSON; it has no watches and trusts the front proxy.
 *
 * Upstream: k8s.io/sample-apiserver (v0.36)
 */
import { isJsonObject, type JsonObject } from '../../../apimachinery/json-value.ts';
import { applyJsonPatch, type JsonPatchOperation } from '../../../apimachinery/json-patch.ts';
import { parseSelector } from '../../../apimachinery/labels.ts';
import { applyMergePatch } from '../../../apimachinery/merge-patch.ts';
import {
  newAlreadyExists,
  newBadRequest,
  newConflict,
  newMethodNotSupported,
  newNotFound,
  StatusError,
} from '../../../apimachinery/status-error.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import type { Process } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import type { HttpRequest, HttpResponse } from '../../../shell/http.ts';
import { decode } from '../../../shell/text.ts';
import { httpServer } from './agnhost-servers.ts';
import { distrolessBase } from './bases.ts';
import { parseGoFlags } from './go-program.ts';
import type { ImageDefinition } from './image.ts';

const group = 'wardle.example.com';
const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update'];
const flunders = { name: 'flunders', singularName: 'flunder', namespaced: true, kind: 'Flunder', verbs };
const fischers = { name: 'fischers', singularName: 'fischer', namespaced: false, kind: 'Fischer', verbs };
type Resource = typeof flunders;

const served: ReadonlyMap<string, readonly Resource[]> = new Map([
  ['v1alpha1', [fischers, flunders]],
  ['v1beta1', [flunders]],
]);
const versions = [...served.keys()].map((version) => ({ groupVersion: `${group}/${version}`, version }));
const apiGroup = { name: group, versions, preferredVersion: versions[0] };

function document(path: string): object | undefined {
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: [apiGroup] };
  if (path === `/apis/${group}`) return { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup };
  const match = /^\/apis\/([^/]+\/([^/]+))$/.exec(path);
  const resources = match?.[1]?.startsWith(`${group}/`) ? served.get(match[2] ?? '') : undefined;
  return resources && { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: match?.[1], resources };
}

interface Metadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly generateName?: string;
  readonly resourceVersion?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

interface Stored extends JsonObject {
  readonly metadata: Metadata & JsonObject;
}

interface Asked {
  readonly apiVersion: string;
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
}

function askedOf(path: string): Asked | undefined {
  const match = /^\/apis\/([^/]+)\/([^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?$/.exec(path);
  const [, itsGroup, version = '', namespace = '', plural, name = ''] = match ?? [];
  const resource = itsGroup === group ? served.get(version)?.find((one) => one.name === plural) : undefined;
  return resource && { apiVersion: `${group}/${version}`, resource, namespace, name };
}

class SampleApi {
  readonly #context: ProgramContext;
  readonly #objects = new Map<string, Stored>();
  #revision = 1;

  constructor(context: ProgramContext) {
    this.#context = context;
  }

  handle(request: HttpRequest): HttpResponse {
    if (/^\/(readyz|livez|healthz)/.test(request.path)) return { status: 200, body: 'ok' };
    const known = document(request.path);
    if (known) return answer(known);
    try {
      const asked = askedOf(request.path);
      if (!asked) throw newNotFound({ group: '', resource: '' }, '');
      return asked.name === '' ? this.#collection(request, asked) : this.#single(request, asked);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      return answer(error.status, error.code);
    }
  }

  #collection(request: HttpRequest, asked: Asked): HttpResponse {
    const { apiVersion, resource } = asked;
    if (request.method === 'POST') return answer(this.#create(asked, bodyOf(request)), 201);
    if (request.method !== 'GET' && request.method !== 'DELETE') throw unsupported(asked, request.method);
    const selector = parseSelector(request.query.get('labelSelector') ?? '');
    const found = [...this.#objects].filter(
      ([key, { metadata }]) => key.startsWith(prefixOf(asked)) && selector.matches(metadata.labels ?? {}),
    );
    if (request.method === 'DELETE') for (const [key] of found) this.#objects.delete(key);
    const items = found.map(([, object]) => ({ ...object, apiVersion }));
    const metadata = { resourceVersion: String(this.#revision) };
    return answer({ kind: `${resource.kind}List`, apiVersion, metadata, items });
  }

  #create(asked: Asked, body: Stored): Stored {
    const { metadata } = body;
    const name = metadata.name ?? `${metadata.generateName ?? ''}${this.#suffix()}`;
    const key = prefixOf(asked) + name;
    if (this.#objects.has(key)) throw newAlreadyExists(resourceOf(asked), name);
    const added = { name, uid: this.#uid(), creationTimestamp: formatTime(this.#context.now()) };
    const where = asked.resource.namespaced ? { namespace: asked.namespace } : {};
    return this.#put(asked, key, { ...body, metadata: { ...metadata, ...added, ...where } });
  }

  #put({ apiVersion, resource }: Asked, key: string, object: Stored): Stored {
    const resourceVersion = String(++this.#revision);
    const metadata = { ...object.metadata, resourceVersion };
    const stored = { ...object, kind: resource.kind, apiVersion, metadata };
    this.#objects.set(key, stored);
    return stored;
  }

  #single(request: HttpRequest, asked: Asked): HttpResponse {
    const key = prefixOf(asked) + asked.name;
    const old = this.#objects.get(key);
    if (!old) throw newNotFound(resourceOf(asked), asked.name);
    switch (request.method) {
      case 'GET':
        return answer({ ...old, apiVersion: asked.apiVersion });
      case 'PUT':
        return answer(this.#replace(asked, key, old, bodyOf(request)));
      case 'PATCH':
        return answer(this.#replace(asked, key, old, patched(request, old)));
      case 'DELETE':
        this.#objects.delete(key);
        return answer({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' });
      default:
        throw unsupported(asked, request.method);
    }
  }

  #replace(asked: Asked, key: string, old: Stored, object: Stored): Stored {
    const { resourceVersion } = object.metadata;
    if (resourceVersion && resourceVersion !== old.metadata.resourceVersion) {
      const why = 'the object has been modified; please apply your changes to the latest version and try again';
      throw newConflict(resourceOf(asked), asked.name, why);
    }
    const { uid, creationTimestamp } = old.metadata as JsonObject;
    const kept = JSON.parse(JSON.stringify({ uid, creationTimestamp })) as JsonObject;
    return this.#put(asked, key, { ...object, metadata: { ...object.metadata, ...kept } });
  }

  #suffix(): string {
    return Array.from({ length: 5 }, () => 'bcdfghjklmnpqrstvwxz2456789'[Math.floor(this.#context.random() * 27)]).join(
      '',
    );
  }

  #uid(): string {
    const digits = Array.from({ length: 32 }, () => Math.floor(this.#context.random() * 16).toString(16)).join('');
    return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-a$4-$5');
  }
}

const prefixOf = ({ resource, namespace }: Asked): string =>
  `${resource.name}/${namespace === '' ? '' : `${namespace}/`}`;
const resourceOf = ({ resource }: Asked) => ({ group, resource: resource.name });
const unsupported = (asked: Asked, method: string) => newMethodNotSupported(resourceOf(asked), method.toLowerCase());

const answer = (body: object, status = 200): HttpResponse => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: `${JSON.stringify(body)}\n`,
});

/** @throws StatusError BadRequest */
function bodyOf(request: HttpRequest): Stored {
  const value = parsed(request);
  if (!isJsonObject(value)) throw newBadRequest('the body of the request was not an object');
  const { metadata } = value;
  return { ...value, metadata: isJsonObject(metadata) ? metadata : {} };
}

function parsed(request: HttpRequest): unknown {
  try {
    return JSON.parse(decode(request.body));
  } catch (error) {
    throw newBadRequest((error as Error).message);
  }
}

function patched(request: HttpRequest, old: Stored): Stored {
  const patch = parsed(request);
  const isList = request.headers.get('content-type')?.startsWith('application/json-patch+json');
  if (!isList) return applyMergePatch(old, patch) as Stored;
  if (!Array.isArray(patch)) throw newBadRequest('the patch is not a list of operations');
  return applyJsonPatch(old, patch as readonly JsonPatchOperation[]) as Stored;
}

function* sampleApiServer(context: ProgramContext): Process<number> {
  const { values } = parseGoFlags(context.argv.slice(1));
  const file = values.get('tls-cert-file') ?? '';
  const certificate = file !== '' && context.fs.exists(file) ? decode(context.fs.readFile(file)) : '-';
  const api = new SampleApi(context);
  const port = Number(values.get('secure-port') ?? 443);
  return yield* httpServer(
    context,
    port,
    function* (request) {
      return api.handle(request);
    },
    certificate,
  );
}

export const sampleApiServerImage: ImageDefinition = {
  matches: ['*/sample-apiserver', '*/kube-sample-apiserver'],
  programs: { 'sample-apiserver': sampleApiServer },
  build: () => ({
    entrypoint: ['/sample-apiserver'],
    layers: [...distrolessBase, { '/sample-apiserver': { program: 'sample-apiserver' } }],
    sizeBytes: 19_000_000,
  }),
};

/** agnhost webhook and crd-conversion-webhook: admission and conversion over HTTPS. */
import type { Process } from '../../../process/process.ts';
import { sleep } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import type { HttpRequest, HttpResponse } from '../../../shell/http.ts';
import { decode, encode, binaryString } from '../../../shell/text.ts';
import { httpServer } from './agnhost-servers.ts';
import { goHttpError, json, parseGoFlags, plain } from './go-program.ts';

type Json = Readonly<Record<string, unknown>>;
type Patch = readonly { readonly op: string; readonly path: string; readonly value?: unknown }[];
interface Verdict {
  readonly allowed: boolean;
  readonly message?: string;
  readonly patch?: Patch;
}

const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

function certificateOf(
  context: ProgramContext,
  words: readonly string[],
): { readonly port: number; readonly certificate: string } {
  const { values } = parseGoFlags(words);
  const file = values.get('tls-cert-file') ?? '';
  return {
    port: Number(values.get('port') ?? 443),
    certificate: context.fs.exists(file) ? decode(context.fs.readFile(file)) : '-',
  };
}

export function webhook(context: ProgramContext, words: readonly string[]): Process<number> {
  const { port, certificate } = certificateOf(context, words);
  return httpServer(context, port, handleAdmission, certificate);
}

function* handleAdmission(request: HttpRequest): Process<HttpResponse> {
  if (request.path === '/readyz') return plain('ok');
  const decide = deciders[request.path];
  if (!decide) return goHttpError('404 page not found', 404);
  const review = JSON.parse(decode(request.body)) as Json;
  const asked = object(review.request);
  if (request.path === '/always-allow-delay-5s') yield* sleep(5000);
  const verdict = decide(asked);
  const response = {
    uid: asked.uid,
    allowed: verdict.allowed,
    ...(verdict.message === undefined ? {} : { status: { metadata: {}, message: verdict.message } }),
    ...(verdict.patch && verdict.patch.length > 0
      ? { patch: btoa(binaryString(encode(JSON.stringify(verdict.patch)))), patchType: 'JSONPatch' }
      : {}),
  };
  return json({ kind: review.kind, apiVersion: review.apiVersion, response });
}

const allow: Verdict = { allowed: true };

const deciders: Readonly<Record<string, (request: Json) => Verdict>> = {
  '/always-allow-delay-5s': () => ({ allowed: true, message: 'this webhook allows all requests' }),
  '/always-deny': () => ({ allowed: false, message: 'this webhook denies all requests' }),
  '/add-label': (request) => {
    const labels = object(object(object(request.object).metadata).labels);
    if ('added-label' in labels) return allow;
    const none = Object.keys(labels).length === 0;
    return {
      allowed: true,
      patch: [
        none
          ? { op: 'add', path: '/metadata/labels', value: { 'added-label': 'yes' } }
          : { op: 'add', path: '/metadata/labels/added-label', value: 'yes' },
      ],
    };
  },
  '/pods': (request) => {
    const pod = object(request.object);
    const containers = object(pod.spec).containers;
    const reasons: string[] = [];
    if (object(object(pod.metadata).labels)['webhook-e2e-test'] === 'webhook-disallow')
      reasons.push('the pod contains unwanted label');
    if (Array.isArray(containers) && containers.some((each) => String(object(each).name).includes('webhook-disallow')))
      reasons.push('the pod contains unwanted container name');
    return reasons.length === 0 ? allow : { allowed: false, message: `${reasons.join('; ')}; ` };
  },
  '/pods/attach': (request) =>
    request.name === 'to-be-attached-pod'
      ? { allowed: false, message: "attaching to pod 'to-be-attached-pod' is not allowed" }
      : allow,
  '/mutating-pods': (request) => {
    if (object(object(request.object).metadata).name !== 'webhook-to-be-mutated') return allow;
    return {
      allowed: true,
      patch: [
        {
          op: 'add',
          path: '/spec/initContainers',
          value: [{ image: 'webhook-added-image', name: 'webhook-added-init-container', resources: {} }],
        },
      ],
    };
  },
  '/mutating-pods-sidecar': () => ({
    allowed: true,
    patch: [
      {
        op: 'add',
        path: '/spec/containers/-',
        value: { image: 'webhook-added-image', name: 'webhook-added-container', resources: {} },
      },
    ],
  }),
  '/configmaps': (request) => denyData(request, 'configmap'),
  '/mutating-configmaps': (request) => ({ allowed: true, patch: mutationStages(request) }),
  '/custom-resource': (request) => denyData(request, 'custom resource'),
  '/mutating-custom-resource': (request) => ({ allowed: true, patch: mutationStages(request) }),
  '/crd': (request) =>
    object(object(object(request.object).metadata).labels)['webhook-e2e-test'] === 'webhook-disallow'
      ? { allowed: false, message: 'the crd contains unwanted label' }
      : allow,
};

function denyData(request: Json, what: string): Verdict {
  const kept = request.operation === 'DELETE' ? request.oldObject : request.object;
  const data = object(object(kept).data);
  if (what === 'configmap') {
    const bad = Object.entries(data).some(([key, value]) => key === 'webhook-e2e-test' && value === 'webhook-disallow');
    return bad ? { allowed: false, message: 'the configmap contains unwanted key and value' } : allow;
  }
  const bad =
    data['webhook-e2e-test'] === 'webhook-disallow' ||
    (request.operation === 'DELETE' && data['webhook-e2e-test'] === 'webhook-nondeletable');
  return bad
    ? {
        allowed: false,
        message:
          request.operation === 'DELETE'
            ? 'the custom resource cannot be deleted because it contains unwanted key and value'
            : 'the custom resource contains unwanted data',
      }
    : allow;
}

function mutationStages(request: Json): Patch {
  const data = object(object(request.object).data);
  const patch: { op: string; path: string; value: unknown }[] = [];
  if (data['mutation-start'] === 'yes') patch.push({ op: 'add', path: '/data/mutation-stage-1', value: 'yes' });
  if (data['mutation-stage-1'] === 'yes') patch.push({ op: 'add', path: '/data/mutation-stage-2', value: 'yes' });
  return patch;
}

/** Converts between `v1` (hostPort) and `v2` (host, port) of the tests' custom resource. */
export function conversionWebhook(context: ProgramContext, words: readonly string[]): Process<number> {
  const { port, certificate } = certificateOf(context, words);
  return httpServer(
    context,
    port,
    function* (request) {
      if (request.path === '/readyz') return plain('ok');
      const review = JSON.parse(decode(request.body)) as Json;
      const asked = object(review.request);
      const version = String(asked.desiredAPIVersion);
      const objects = Array.isArray(asked.objects) ? asked.objects : [];
      return json({
        kind: 'ConversionReview',
        apiVersion: review.apiVersion,
        response: {
          uid: asked.uid,
          convertedObjects: objects.map((each) => convert(object(each), version)),
          result: { metadata: {}, status: 'Success' },
        },
      });
    },
    certificate,
  );
}

function convert(from: Json, apiVersion: string): Json {
  const { hostPort, host, port, ...rest } = from;
  if (apiVersion.endsWith('/v2') && typeof hostPort === 'string') {
    const [first, second] = hostPort.split(':');
    return { ...rest, apiVersion, host: first, port: second };
  }
  if (apiVersion.endsWith('/v1') && (host !== undefined || port !== undefined))
    return { ...rest, apiVersion, hostPort: `${String(host)}:${String(port)}` };
  return { ...from, apiVersion };
}

/** agnhost webhook and crd-conversion-webhook: admission and conversion over HTTPS. */
import { encodeBase64 } from '../../../apimachinery/base64.ts';
import type { Process } from '../../../process/process.ts';
import { sleep, suspend } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import type { HttpRequest, HttpResponse } from '../../../shell/http.ts';
import { decode, encode } from '../../../shell/text.ts';
import { type AdmissionSettings, deciders, type Verdict } from './agnhost-admission.ts';
import { httpServer } from './agnhost-servers.ts';
import { goHttpError, json, parseGoFlags, plain } from './go-program.ts';

type Json = Readonly<Record<string, unknown>>;

const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

function certificateOf(
  context: ProgramContext,
  values: ReadonlyMap<string, string>,
): { readonly port: number; readonly certificate: string } {
  const file = values.get('tls-cert-file') ?? '';
  return {
    port: Number(values.get('port') ?? 443),
    certificate: file !== '' && context.fs.exists(file) ? decode(context.fs.readFile(file)) : '-',
  };
}

export function webhook(context: ProgramContext, words: readonly string[]): Process<number> {
  const { values } = parseGoFlags(words);
  const { port, certificate } = certificateOf(context, values);
  const settings = { sidecarImage: values.get('sidecar-image') ?? '' };
  return httpServer(context, port, (request) => handleAdmission(request, settings), certificate);
}

function* handleAdmission(request: HttpRequest, settings: AdmissionSettings): Process<HttpResponse> {
  if (request.path === '/readyz') return plain('ok');
  const decide = deciders.get(request.path);
  if (!decide) return goHttpError('404 page not found', 404);
  const review = reviewIn(request);
  if (!review) return goHttpError('Request could not be decoded: unexpected end of JSON input', 400);
  const asked = object(review.request);
  const verdict = decide(asked, settings);
  if (verdict.delayMs === Infinity) yield* suspend<void>(() => {});
  if (verdict.delayMs) yield* sleep(verdict.delayMs);
  const response = { uid: asked.uid, allowed: verdict.allowed, ...statusOf(verdict), ...patchOf(verdict) };
  return json({ kind: review.kind, apiVersion: review.apiVersion, response });
}

function reviewIn(request: HttpRequest): Json | undefined {
  try {
    return object(JSON.parse(decode(request.body)));
  } catch {
    return undefined;
  }
}

function statusOf({ message, reason, code }: Verdict): object {
  if (message === undefined && reason === undefined) return {};
  return {
    status: {
      metadata: {},
      ...(code === undefined ? {} : { status: 'Failure' }),
      ...(message === undefined ? {} : { message }),
      ...(reason === undefined ? {} : { reason }),
      ...(code === undefined ? {} : { code }),
    },
  };
}

function patchOf({ patch = [] }: Verdict): object {
  if (patch.length === 0) return {};
  return { patch: encodeBase64(encode(JSON.stringify(patch))), patchType: 'JSONPatch' };
}

/** Converts between `v1` (hostPort) and `v2` (host, port) of the tests' custom resource. */
export function conversionWebhook(context: ProgramContext, words: readonly string[]): Process<number> {
  const { port, certificate } = certificateOf(context, parseGoFlags(words).values);
  return httpServer(
    context,
    port,
    function* (request) {
      if (request.path === '/readyz') return plain('ok');
      const review = reviewIn(request) ?? {};
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
    return { ...rest, apiVersion, hostPort: `${String(host ?? '')}:${String(port ?? '')}` };
  return { ...from, apiVersion };
}

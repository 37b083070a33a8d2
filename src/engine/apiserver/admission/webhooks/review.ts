/** What a webhook is asked and what its answer must be. Upstream: admission/plugin/webhook/request/admissionreview.go (v1.36) */
import { quote } from '../../../../apimachinery/go-format.ts';
import { isJsonObject, type JsonObject } from '../../../../apimachinery/json-value.ts';
import type { AdmissionAttributes } from '../admission.ts';
import { requestOf } from '../policy/activation.ts';
import type { Invocation, KindConverter } from '../policy/invocation.ts';
import { seenBy } from '../policy/seen-objects.ts';
import { WebhookCallError } from './client.ts';

/** A usable answer. */
export interface ReviewResponse {
  readonly allowed: boolean;
  readonly status: JsonObject | undefined;
  readonly warnings: readonly string[];
  /** Base64; empty when nothing is changed. */
  readonly patch: string;
  readonly patchType: string;
}

/** The version of AdmissionReview that is asked in; undefined when the webhook takes none that is known. */
export const reviewVersionOf = (versions: readonly string[] = []): string | undefined =>
  versions.find((one) => one === 'v1' || one === 'v1beta1');

/** The review that is posted. */
export function reviewOf(
  version: string,
  uid: string,
  attributes: AdmissionAttributes,
  invocation: Invocation,
  kinds: KindConverter,
): object {
  const seen = seenBy(attributes, invocation, kinds);
  const request = {
    uid,
    ...requestOf(attributes, seen, invocation, kinds),
    object: seen.object ?? null,
    oldObject: seen.old ?? null,
  };
  return { kind: 'AdmissionReview', apiVersion: `admission.k8s.io/${version}`, request };
}

const invalid = (why: string): WebhookCallError => new WebhookCallError(`received invalid webhook response: ${why}`);

/** Checks an answer. @throws WebhookCallError. Upstream: VerifyAdmissionResponse */
export function verifyAnswer(answer: JsonObject, version: string, uid: string, mutating: boolean): ReviewResponse {
  const response = answer['response'];
  if (!isJsonObject(response)) throw invalid('webhook response was absent');
  const patch = typeof response['patch'] === 'string' ? response['patch'] : '';
  const type = response['patchType'];
  if (version === 'v1') {
    verifyV1(answer, response, uid);
    verifyPatch(mutating, patch, type);
  }
  return {
    allowed: response['allowed'] === true,
    status: isJsonObject(response['status']) ? response['status'] : undefined,
    warnings: Array.isArray(response['warnings']) ? (response['warnings'] as readonly string[]) : [],
    patch: mutating ? patch : '',
    patchType: version === 'v1' ? (typeof type === 'string' ? type : '') : 'JSONPatch',
  };
}

function verifyV1(answer: JsonObject, response: JsonObject, uid: string): void {
  const given = typeof response['uid'] === 'string' ? response['uid'] : '';
  if (given !== uid) throw invalid(`expected response.uid=${quote(uid)}, got ${quote(given)}`);
  const { kind, apiVersion } = answer;
  const wanted = 'admission.k8s.io/v1, Kind=AdmissionReview';
  const found = `${String(apiVersion ?? '')}, Kind=${String(kind ?? '')}`;
  if (found !== wanted) throw invalid(`expected webhook response of ${wanted}, got ${found}`);
}

function verifyPatch(mutating: boolean, patch: string, type: unknown): void {
  const hasType = type !== undefined && type !== null;
  if (!mutating) {
    if (patch !== '') throw invalid('validating webhook may not return response.patch');
    if (hasType) throw invalid('validating webhook may not return response.patchType');
    return;
  }
  if (patch !== '' && !hasType) throw invalid('webhook returned response.patch but not response.patchType');
  if (patch === '' && hasType) throw invalid('webhook returned response.patchType but not response.patch');
  if (type === '') throw invalid('webhook returned invalid response.patchType of ""');
}

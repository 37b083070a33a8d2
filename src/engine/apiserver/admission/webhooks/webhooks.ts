/** Validating and mutating webhooks. Upstream: admission/plugin/webhook/{mutating,validating}/dispatcher.go (v1.36). Differs: webhooks are called one by one, and none again. */
import type * as admissionv1 from '../../../../api/admissionregistration/v1.ts';
import { quote } from '../../../../apimachinery/go-format.ts';
import { applyJsonPatch, JsonPatchError, type JsonPatchOperation } from '../../../../apimachinery/json-patch.ts';
import { isJsonObject, type JsonObject } from '../../../../apimachinery/json-value.ts';
import { newBadRequest, newInternalError, newStatusError, type Status } from '../../../../apimachinery/status-error.ts';
import type { Process } from '../../../../process/process.ts';
import type { Authorizer } from '../../authorization/attributes.ts';
import { DecodeError } from '../../codec/decode-error.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../admission.ts';
import { admissionForbidden } from '../forbidden.ts';
import { requestActivation, requestOf } from '../policy/activation.ts';
import { checkConditions, compileConditions } from '../policy/conditions.ts';
import { compiledOnce, policyEnvironment } from '../policy/programs.ts';
import { matchesNamespace, matchesObject, matchesRule } from '../policy/rules.ts';
import { seenBy } from '../policy/seen-objects.ts';
import { replaceDraft } from '../replace-draft.ts';
import { callWebhook, WebhookCallError, type WebhookServer } from './review.ts';

const group = 'admissionregistration.k8s.io';

type Webhook = admissionv1.MutatingWebhook | admissionv1.ValidatingWebhook;
interface Configuration {
  readonly metadata: { readonly name?: string };
  readonly webhooks?: readonly Webhook[];
}

/** Webhooks never judge what configures admission itself. */
const isJudged = ({ definition }: AdmissionAttributes): boolean => definition.group !== group;

export function mutatingWebhooks(server: WebhookServer, authorizer: Authorizer): AdmissionPlugin {
  const configurations = () => server.objects.list(group, 'mutatingwebhookconfigurations') as readonly Configuration[];
  return {
    name: 'MutatingAdmissionWebhook',
    handles: (attributes) => isJudged(attributes) && configurations().length > 0,
    *admitAsync(attributes) {
      for (const { webhooks = [] } of configurations()) {
        for (const webhook of webhooks) {
          if (!isAsked(webhook, attributes, server, authorizer)) continue;
          const response = yield* review(webhook, attributes, server);
          if (response) applyPatch(webhook, attributes, response);
        }
      }
    },
  };
}

export function validatingWebhooks(server: WebhookServer, authorizer: Authorizer): AdmissionPlugin {
  const configurations = () =>
    server.objects.list(group, 'validatingwebhookconfigurations') as readonly Configuration[];
  return {
    name: 'ValidatingAdmissionWebhook',
    handles: (attributes) => isJudged(attributes) && configurations().length > 0,
    *validateAsync(attributes) {
      for (const { webhooks = [] } of configurations()) {
        for (const webhook of webhooks) {
          if (isAsked(webhook, attributes, server, authorizer)) yield* review(webhook, attributes, server);
        }
      }
    },
  };
}

function isAsked(
  webhook: Webhook,
  attributes: AdmissionAttributes,
  { objects }: WebhookServer,
  authorizer: Authorizer,
): boolean {
  if (!(webhook.rules ?? []).some((rule) => matchesRule(rule, attributes))) return false;
  if (!matchesNamespace(webhook.namespaceSelector, attributes, objects)) return false;
  if (!matchesObject(webhook.objectSelector, attributes)) return false;
  const conditions = compiledOnce(webhook, () =>
    compileConditions(webhook.matchConditions, policyEnvironment({ hasParams: false })),
  );
  if (conditions.length === 0) return true;
  const verdict = checkConditions(conditions, requestActivation(attributes, objects, authorizer));
  if (verdict.kind === 'error' && webhook.failurePolicy !== 'Ignore') {
    throw admissionForbidden(attributes, verdict.message);
  }
  return verdict.kind === 'matches';
}

/** The webhook's answer; undefined when it could not be asked and that does not matter. @throws StatusError */
function* review(
  webhook: Webhook,
  attributes: AdmissionAttributes,
  server: WebhookServer,
): Process<JsonObject | undefined> {
  const { name, clientConfig, timeoutSeconds = 10, failurePolicy, sideEffects } = webhook;
  if (attributes.operation.dryRun && sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun') {
    throw newBadRequest(`admission webhook ${quote(name)} does not support dry run`);
  }
  const uid = server.uid();
  let answer: JsonObject;
  try {
    answer = yield* callWebhook(clientConfig, reviewOf(webhook, attributes, uid), timeoutSeconds, server);
    checkAnswer(answer, uid);
  } catch (error) {
    if (!(error instanceof WebhookCallError)) throw error;
    if (failurePolicy === 'Ignore') return undefined;
    throw newInternalError(`failed calling webhook ${quote(name)}: ${error.message}`);
  }
  const response = answer['response'] as JsonObject;
  for (const text of (response['warnings'] ?? []) as readonly string[]) attributes.operation.warn(text);
  if (response['allowed'] !== true) throw denial(name, response['status'] as Status | undefined);
  return response;
}

function reviewOf({ admissionReviewVersions }: Webhook, attributes: AdmissionAttributes, uid: string): object {
  const seen = seenBy(attributes);
  const version = (admissionReviewVersions ?? []).find((one) => one === 'v1' || one === 'v1beta1') ?? 'v1';
  const request = {
    uid,
    ...requestOf(attributes, seen),
    object: seen.object ?? null,
    oldObject: seen.old ?? null,
  };
  return { kind: 'AdmissionReview', apiVersion: `admission.k8s.io/${version}`, request };
}

function checkAnswer(answer: JsonObject, uid: string): void {
  const response = answer['response'];
  if (!isJsonObject(response))
    throw new WebhookCallError('received invalid webhook response: webhook response was absent');
  if (response['uid'] === uid) return;
  const found = typeof response['uid'] === 'string' ? response['uid'] : '';
  throw new WebhookCallError(
    `received invalid webhook response: expected response.uid=${quote(uid)}, got ${quote(found)}`,
  );
}

function denial(name: string, status: Status | undefined): Error {
  const deniedBy = `admission webhook ${quote(name)} denied the request`;
  const { message = '', reason = '', code = 400, details } = status ?? {};
  const why = message || reason;
  return newStatusError({
    code: Math.max(code, 400),
    reason,
    message: why === '' ? `${deniedBy} without explanation` : `${deniedBy}: ${why}`,
    ...(details ? { details } : {}),
  });
}

function applyPatch({ name }: Webhook, { object, definition }: AdmissionAttributes, response: JsonObject): void {
  const encoded = response['patch'];
  if (!object || typeof encoded !== 'string' || encoded === '') return;
  try {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.codePointAt(0) ?? 0);
    const operations = JSON.parse(new TextDecoder().decode(bytes)) as readonly JsonPatchOperation[];
    const changed = applyJsonPatch(object, operations);
    if (isJsonObject(changed)) replaceDraft(definition, object, changed);
  } catch (error) {
    if (error instanceof JsonPatchError || error instanceof DecodeError || error instanceof SyntaxError) {
      throw newInternalError(`failed calling webhook ${quote(name)}: ${error.message}`);
    }
    throw error;
  }
}

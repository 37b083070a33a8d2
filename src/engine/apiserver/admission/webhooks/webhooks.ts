/** Validating and mutating webhooks. Upstream: admission/plugin/webhook/{mutating,validating}/dispatcher.go (v1.36) */
import type * as admissionv1 from '../../../../api/admissionregistration/v1.ts';
import { deepEqual } from '../../../../apimachinery/deep-equal.ts';
import { quote } from '../../../../apimachinery/go-format.ts';
import { applyJsonPatch, JsonPatchError, type JsonPatchOperation } from '../../../../apimachinery/json-patch.ts';
import { isJsonObject, type JsonObject } from '../../../../apimachinery/json-value.ts';
import { newBadRequest, newInternalError, newStatusError, type Status } from '../../../../apimachinery/status-error.ts';
import type { Process } from '../../../../process/process.ts';
import { fork } from '../../../../process/task.ts';
import type { Authorizer } from '../../authorization/attributes.ts';
import { DecodeError } from '../../codec/decode-error.ts';
import type { AdmissionAttributes, AdmissionPlugin, AdmissionTarget } from '../admission.ts';
import { admissionForbidden } from '../forbidden.ts';
import { requestActivation } from '../policy/activation.ts';
import { checkConditions, compileConditions } from '../policy/conditions.ts';
import { inVersion, matchInvocation, seenObject, type Invocation, type KindConverter } from '../policy/invocation.ts';
import { compiledOnce, policyEnvironment } from '../policy/programs.ts';
import { matchesNamespace, matchesObject } from '../policy/rules.ts';
import { replaceDraft } from '../replace-draft.ts';
import { ReinvokeContext } from '../reinvocation.ts';
import { callWebhook, WebhookCallError, type WebhookServer } from './client.ts';
import { reviewOf, reviewVersionOf, verifyAnswer, type ReviewResponse } from './review.ts';

const group = 'admissionregistration.k8s.io';

type Webhook = admissionv1.MutatingWebhook | admissionv1.ValidatingWebhook;
interface Configuration {
  readonly metadata: { readonly name?: string };
  readonly webhooks?: readonly Webhook[];
}

/** What both kinds of webhooks need. */
export interface WebhookOptions {
  readonly server: WebhookServer;
  readonly authorizer: Authorizer;
  readonly kinds: KindConverter;
}

/** Webhooks never judge what configures admission itself. */
const isJudged = ({ definition }: AdmissionTarget): boolean => definition.group !== group;

export function mutatingWebhooks(options: WebhookOptions): AdmissionPlugin {
  const name = 'MutatingAdmissionWebhook';
  const configurations = () =>
    options.server.objects.list(group, 'mutatingwebhookconfigurations') as readonly Configuration[];
  return {
    name,
    handles: isJudged,
    concerns: () => configurations().length > 0,
    *admitAsync(attributes) {
      const context = ReinvokeContext.of(attributes, name);
      context.begin(attributes.object);
      for (const { metadata, webhooks = [] } of configurations()) {
        for (const webhook of webhooks) {
          const invocation = invocationOf(webhook, attributes, options);
          const key = `${metadata.name ?? ''}/${webhook.name}`;
          if (!invocation || !context.shouldInvoke(key)) continue;
          const response = yield* review(webhook, attributes, invocation, options, true);
          const changed =
            response !== undefined && applyPatch(webhook, attributes, response, invocation, options.kinds);
          if (changed) context.requireReinvocation();
          if ((webhook as admissionv1.MutatingWebhook).reinvocationPolicy === 'IfNeeded') context.remember(key);
        }
      }
      context.end(attributes.object);
    },
  };
}

export function validatingWebhooks(options: WebhookOptions): AdmissionPlugin {
  const configurations = () =>
    options.server.objects.list(group, 'validatingwebhookconfigurations') as readonly Configuration[];
  return {
    name: 'ValidatingAdmissionWebhook',
    handles: isJudged,
    concerns: () => configurations().length > 0,
    *validateAsync(attributes) {
      const asked = configurations().flatMap(({ webhooks = [] }) =>
        webhooks.flatMap((webhook) => {
          const invocation = invocationOf(webhook, attributes, options);
          return invocation ? [{ webhook, invocation }] : [];
        }),
      );
      const [only] = asked;
      if (asked.length === 1 && only) {
        yield* review(only.webhook, attributes, only.invocation, options, false);
        return;
      }
      yield* allAtOnce(asked.map(({ webhook, invocation }) => review(webhook, attributes, invocation, options, false)));
    },
  };
}

/** Runs them side by side; throws what failed first. */
function* allAtOnce(processes: readonly Process<unknown>[]): Process<void> {
  let failed: { readonly error: unknown } | undefined;
  const tasks = [];
  for (const process of processes) tasks.push(yield* fork(guarded(process, (error) => (failed ??= { error }))));
  for (const task of tasks) yield* task.join();
  if (failed) throw failed.error;
}

function* guarded(process: Process<unknown>, fail: (error: unknown) => void): Process<void> {
  try {
    yield* process;
  } catch (error) {
    fail(error);
  }
}

/** How a webhook is asked about a request; undefined when it is not. @throws StatusError Forbidden */
function invocationOf(
  webhook: Webhook,
  attributes: AdmissionAttributes,
  { server: { objects }, authorizer, kinds }: WebhookOptions,
): Invocation | undefined {
  if (!matchesNamespace(webhook.namespaceSelector, attributes, objects)) return undefined;
  if (!matchesObject(webhook.objectSelector, attributes)) return undefined;
  const invocation = matchInvocation(webhook.rules ?? [], webhook.matchPolicy, attributes, kinds);
  if (!invocation) return undefined;
  const conditions = compiledOnce(webhook, () =>
    compileConditions(webhook.matchConditions, policyEnvironment({ hasParams: false })),
  );
  if (conditions.length === 0) return invocation;
  const verdict = checkConditions(conditions, requestActivation(attributes, objects, authorizer, invocation, kinds));
  if (verdict.kind === 'error' && webhook.failurePolicy !== 'Ignore') {
    throw admissionForbidden(attributes, verdict.message);
  }
  return verdict.kind === 'matches' ? invocation : undefined;
}

/** The webhook's answer; undefined when it could not be asked and that does not matter. @throws StatusError */
function* review(
  webhook: Webhook,
  attributes: AdmissionAttributes,
  invocation: Invocation,
  options: WebhookOptions,
  mutating: boolean,
): Process<ReviewResponse | undefined> {
  const { name, sideEffects } = webhook;
  if (attributes.operation.dryRun && sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun') {
    throw newBadRequest(`admission webhook ${quote(name)} does not support dry run`);
  }
  let response: ReviewResponse;
  try {
    response = yield* ask(webhook, attributes, invocation, options, mutating);
  } catch (error) {
    if (!(error instanceof WebhookCallError)) throw error;
    if (webhook.failurePolicy === 'Ignore') return undefined;
    throw callFailure(name, error.message);
  }
  for (const text of response.warnings) attributes.operation.warn(text);
  if (!response.allowed) throw denial(name, response.status as Status | undefined);
  return response;
}

function* ask(
  webhook: Webhook,
  attributes: AdmissionAttributes,
  invocation: Invocation,
  options: WebhookOptions,
  mutating: boolean,
): Process<ReviewResponse> {
  const { clientConfig, timeoutSeconds = 10, admissionReviewVersions } = webhook;
  const version = reviewVersionOf(admissionReviewVersions);
  if (version === undefined) {
    const why = 'webhook does not accept known AdmissionReview versions (v1, v1beta1)';
    throw new WebhookCallError(`could not create admission objects: ${why}`);
  }
  const { server, kinds } = options;
  const uid = server.uid();
  const body = reviewOf(version, uid, attributes, invocation, kinds);
  let answer;
  try {
    answer = yield* callWebhook(clientConfig, body, timeoutSeconds, server);
  } catch (error) {
    if (!(error instanceof WebhookCallError)) throw error;
    const prefix = error.message.startsWith('unable to load root')
      ? 'could not get REST client'
      : 'failed to call webhook';
    throw new WebhookCallError(`${prefix}: ${error.message}`);
  }
  return verifyAnswer(answer, version, uid, mutating);
}

const callFailure = (name: string, why: string): Error =>
  newInternalError(`failed calling webhook ${quote(name)}: ${why}`);

/** Upstream: admission/plugin/webhook/errors/statuserror.go ToStatusErr */
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

/** Applies what a webhook wants changed; gives whether that changed anything. @throws StatusError */
function applyPatch(
  webhook: Webhook,
  attributes: AdmissionAttributes,
  { patch, patchType }: ReviewResponse,
  invocation: Invocation,
  kinds: KindConverter,
): boolean {
  if (patch === '') return false;
  const { name, failurePolicy } = webhook;
  const operations = decodePatch(patch);
  const unusable =
    operations === undefined
      ? 'received undecodable patch in webhook response: invalid character in patch'
      : patchType === 'JSONPatch'
        ? undefined
        : `unsupported patch type ${quote(patchType)}`;
  if (unusable !== undefined) {
    if (failurePolicy === 'Ignore') return false;
    throw callFailure(name, unusable);
  }
  if (!operations || operations.length === 0) return false;
  const { object, definition } = attributes;
  if (!object) {
    const why = 'attempted to modify the object, which is not supported for this operation';
    throw newInternalError(`admission webhook ${quote(name)} ${why}`);
  }
  const before = { ...object, metadata: { ...object.metadata } };
  try {
    const changed = applyJsonPatch(seenObject(object, definition, invocation, kinds) as JsonObject, operations);
    const stored = inVersion(changed, definition, kinds);
    if (isJsonObject(stored)) replaceDraft(definition, object, stored);
  } catch (error) {
    const known = error instanceof JsonPatchError || error instanceof DecodeError || error instanceof SyntaxError;
    throw known ? newInternalError(error.message) : error;
  }
  return !deepEqual(before, object);
}

function decodePatch(encoded: string): readonly JsonPatchOperation[] | undefined {
  try {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.codePointAt(0) ?? 0);
    const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return Array.isArray(parsed) ? (parsed as JsonPatchOperation[]) : undefined;
  } catch {
    return undefined;
  }
}

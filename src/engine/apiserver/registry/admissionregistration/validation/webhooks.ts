/** Rules of webhook configurations. Upstream: pkg/apis/admissionregistration/validation/validation.go (v1.36) */
import type * as admissionregistrationv1 from '../../../../../api/admissionregistration/v1.ts';
import { deepEqual } from '../../../../../apimachinery/deep-equal.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import type { KubernetesObject } from '../../../../../apimachinery/object-meta.ts';
import { isDNS1035Label, isDNS1123Subdomain } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, complainAt, oneOf, require } from '../../core/validation/complaints.ts';
import { type LabelSelectorOptions, validateLabelSelector } from '../../core/validation/labels.ts';
import { validateMatchConditions, validateRule } from './rules.ts';
import { validateClientConfig } from './webhook-client.ts';

type Webhook = admissionregistrationv1.ValidatingWebhook & Partial<admissionregistrationv1.MutatingWebhook>;

interface Configuration extends KubernetesObject {
  readonly webhooks?: readonly Webhook[];
}

/** What the configuration before was already, and may stay. */
interface Leniences {
  readonly conditions: boolean;
  readonly sideEffects: boolean;
  readonly versions: boolean;
  readonly names: boolean;
  readonly selectors: LabelSelectorOptions;
}

const acceptedVersions = ['v1', 'v1beta1'];
const noSideEffects = ['None', 'NoneOnDryRun'];
const path = field.newPath('webhooks');

const accepts = (versions: readonly string[] = []): boolean => versions.some((one) => acceptedVersions.includes(one));

function validateSelectors(errors: Complaints, at: Path, hook: Webhook, options: LabelSelectorOptions): void {
  validateLabelSelector(errors, at.child('namespaceSelector'), hook.namespaceSelector, options);
  validateLabelSelector(errors, at.child('objectSelector'), hook.objectSelector, options);
}

function leniencesFor(now: readonly Webhook[], old: readonly Webhook[] | undefined): Leniences {
  if (!old) return { conditions: false, sideEffects: false, versions: false, names: false, selectors: {} };
  const wrongSelectors: Complaints = [];
  for (const hook of old) validateSelectors(wrongSelectors, path, hook, {});
  const same = (hook: Webhook, i: number): boolean => deepEqual(hook.matchConditions, now[i]?.matchConditions);
  return {
    conditions: now.length === old.length && old.every(same),
    sideEffects: old.some(({ sideEffects }) => !noSideEffects.includes(sideEffects)),
    versions: old.some(({ admissionReviewVersions: some }) => (some ?? []).length > 0 && !accepts(some)),
    names: new Set(old.map(({ name }) => name)).size < old.length,
    selectors: { allowInvalidLabelValue: wrongSelectors.length > 0 },
  };
}

function validateVersions(errors: Complaints, at: Path, hook: Webhook, lenient: boolean): void {
  const versions: readonly string[] = hook.admissionReviewVersions ?? [];
  if (versions.length === 0) errors.push(field.required(at, `must specify one of ${acceptedVersions.join(', ')}`));
  for (const [i, version] of versions.entries()) {
    if (versions.indexOf(version) < i) errors.push(field.invalid(at.index(i), version, 'duplicate version'));
    else complainAt(errors, at.index(i), version, isDNS1035Label(version));
  }
  if (versions.length > 0 && !lenient && !accepts(versions)) {
    errors.push(field.invalid(at, versions, `must include at least one of ${acceptedVersions.join(', ')}`));
  }
}

function validateName(errors: Complaints, at: Path, name: string): void {
  if (!require(errors, at, 'name', name)) return;
  const messages = isDNS1123Subdomain(name);
  if (messages.length > 0) complain(errors, at, 'name', name, [messages.join(',')]);
  else if (name.split('.').length < 3) {
    complain(errors, at, 'name', name, ['should be a domain with at least three segments separated by dots']);
  }
}

function validateWebhook(errors: Complaints, at: Path, hook: Webhook, leniences: Leniences): void {
  const { failurePolicy, matchPolicy, sideEffects, timeoutSeconds: timeout, reinvocationPolicy } = hook;
  validateName(errors, at, hook.name ?? '');
  for (const [i, rule] of (hook.rules ?? []).entries()) validateRule(errors, at.child('rules').index(i), rule);
  if (failurePolicy !== undefined) oneOf(errors, at, 'failurePolicy', failurePolicy, ['Fail', 'Ignore']);
  if (matchPolicy !== undefined) oneOf(errors, at, 'matchPolicy', matchPolicy, ['Equivalent', 'Exact']);
  const effects = leniences.sideEffects ? ['None', 'NoneOnDryRun', 'Some', 'Unknown'] : noSideEffects;
  if ((sideEffects ?? undefined) === undefined) {
    errors.push(field.required(at.child('sideEffects'), `must specify one of ${effects.join(', ')}`));
  } else oneOf(errors, at, 'sideEffects', sideEffects, effects);
  if (timeout !== undefined && (timeout > 30 || timeout < 1)) {
    complain(errors, at, 'timeoutSeconds', timeout, ['the timeout value must be between 1 and 30 seconds']);
  }
  validateSelectors(errors, at, hook, leniences.selectors);
  if (reinvocationPolicy !== undefined) {
    oneOf(errors, at, 'reinvocationPolicy', reinvocationPolicy, ['IfNeeded', 'Never']);
  }
  validateClientConfig(errors, at.child('clientConfig'), hook.clientConfig ?? {});
  if (!leniences.conditions) validateMatchConditions(errors, at.child('matchConditions'), hook.matchConditions);
  validateVersions(errors, at.child('admissionReviewVersions'), hook, leniences.versions);
}

/** Complaints about a configuration of either kind, given what it was. */
export function validateWebhookConfiguration({ webhooks = [] }: Configuration, old?: Configuration): FieldError[] {
  const errors: Complaints = [];
  const names = new Set<string>();
  const leniences = leniencesFor(webhooks, old && (old.webhooks ?? []));
  for (const [i, hook] of webhooks.entries()) {
    validateWebhook(errors, path.index(i), hook, leniences);
    if (leniences.names || !hook.name) continue;
    if (names.has(hook.name)) errors.push(field.duplicate(path.index(i).child('name'), hook.name));
    names.add(hook.name);
  }
  return errors;
}

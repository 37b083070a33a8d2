/** Rules of Nodes. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import { goValueOf } from '../../../../../api/go-value.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { quote } from '../../../../../apimachinery/go-format.ts';
import { getWarningsForCIDR, isValidCIDRForLegacyField } from '../../../../../apimachinery/ip-validation.ts';
import { parseQuantity } from '../../../../../apimachinery/quantity.ts';
import { byteLength, isValidLabelValue } from '../../../../../apimachinery/validation.ts';
import { GoJsonError, parseGoJson } from '../../../codec/go-json-reader.ts';
import { type Complaints, complain, isNotPositive, sortedKeys, validateLabelName } from './complaints.ts';
import { validateResourceQuantityValue } from './resources.ts';
import { validateTaintEffect } from './tolerations.ts';

const specPath = field.newPath('spec');
const metadataPath = field.newPath('metadata');
const featureName = /^[A-Z][a-zA-Z0-9]*(\/[a-zA-Z][a-zA-Z0-9]*)*$/;
const featureFormat =
  "must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes";

function validateTaints(errors: Complaints, path: Path, taints: readonly corev1.Taint[]): void {
  const seen = new Set<string>();
  for (const [i, taint] of taints.entries()) {
    const at = path.index(i);
    const { key = '', value = '', effect = '' } = taint;
    validateLabelName(errors, at, 'key', key);
    const messages = isValidLabelValue(value);
    if (messages.length > 0) complain(errors, at, 'value', value, [messages.join(';')]);
    validateTaintEffect(errors, at, effect, false);
    const pair = `${effect}/${key}`;
    if (seen.has(pair)) {
      const value = goValueOf('core/v1.Taint', taint);
      errors.push({ ...field.duplicate(at, value), detail: 'taints must be unique by key and effect pair' });
    }
    seen.add(pair);
  }
}

function validateAmounts(errors: Complaints, { status }: corev1.Node): void {
  for (const list of ['capacity', 'allocatable'] as const) {
    for (const name of sortedKeys(status?.[list])) {
      const quantity = parseQuantity(status?.[list]?.[name] ?? '0');
      validateResourceQuantityValue(errors, field.newPath('status', list, name), name, quantity);
    }
  }
}

const avoidPods = 'scheduler.alpha.kubernetes.io/preferAvoidPods';

/** Upstream: ValidateAvoidPodsInNodeAnnotations (v1.36) */
function validateAvoidPods(errors: Complaints, { metadata }: corev1.Node): void {
  const text = metadata.annotations?.[avoidPods];
  if (!text) return;
  const path = field.newPath('metadata', 'annotations');
  try {
    const { value } = parseGoJson(text);
    const { preferAvoidPods = [] } = (value ?? {}) as { readonly preferAvoidPods?: readonly AvoidEntry[] };
    for (const [i, { podSignature }] of preferAvoidPods.entries()) {
      const at = path.child(avoidPods).index(i).child('PodSignature');
      if (!podSignature?.podController) errors.push(field.required(at));
      else if (!podSignature.podController.controller) {
        errors.push(field.invalid(at.child('PodController', 'Controller'), false, 'must point to a controller'));
      }
    }
  } catch (error) {
    if (!(error instanceof GoJsonError)) throw error;
    errors.push(field.invalid(path.child('AvoidPods'), avoidPods, error.message));
  }
}

interface AvoidEntry {
  readonly podSignature?: { readonly podController?: { readonly controller?: boolean } };
}

function featureComplaint(name: string): string | undefined {
  if (byteLength(name) > 253) return `invalid feature name ${quote(name)}: must be no more than 253 characters`;
  return featureName.test(name) ? undefined : `invalid feature name ${quote(name)}: ${featureFormat}`;
}

function validateDeclaredFeatures(errors: Complaints, { status }: corev1.Node): void {
  const features = status?.declaredFeatures ?? [];
  const path = field.newPath('status', 'declaredFeatures');
  for (const [i, name] of features.entries()) {
    const complaint = featureComplaint(name);
    if (complaint !== undefined) errors.push(field.invalid(path.index(i), name, complaint));
    const next = features[i + 1];
    if (next === name) errors.push(field.duplicate(path.index(i + 1), next));
    else if (next !== undefined && name > next) {
      errors.push(field.invalid(path.index(i + 1), next, 'list must be sorted alphabetically'));
    }
  }
}

function validatePodCIDRs(errors: Complaints, { podCIDRs = [] }: corev1.NodeSpec): void {
  const path = specPath.child('podCIDRs');
  for (const [i, cidr] of podCIDRs.entries()) errors.push(...isValidCIDRForLegacyField(path.index(i), cidr, true));
  if (podCIDRs.length < 2) return;
  const at = podCIDRs.findIndex((cidr) => isValidCIDRForLegacyField(undefined, cidr, false).length > 0);
  const bad = podCIDRs[at];
  if (bad !== undefined) {
    const why = `invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[${at}]: <nil> (invalid CIDR address: ${bad})`;
    errors.push(field.internalError(path, why));
  }
  const families = new Set(podCIDRs.map((cidr) => cidr.includes(':')));
  if (bad !== undefined || families.size < 2 || podCIDRs.length > 2) {
    errors.push(field.invalid(path, podCIDRs, 'may specify no more than one CIDR for each IP family'));
  }
}

/** Complaints about a node. Upstream: ValidateNode (v1.36) */
export function validateNode(node: corev1.Node): FieldError[] {
  const errors: Complaints = [];
  validateAvoidPods(errors, node);
  if (node.spec?.taints) validateTaints(errors, metadataPath.child('taints'), node.spec.taints);
  validateAmounts(errors, node);
  const swap = node.status?.nodeInfo?.swap?.capacity;
  if (swap !== undefined && swap <= 0) {
    errors.push(field.invalid(metadataPath.child('nodeSwapStatus', 'capacity'), swap, isNotPositive));
  }
  validateDeclaredFeatures(errors, node);
  if (node.spec?.podCIDRs) validatePodCIDRs(errors, node.spec);
  return errors;
}

function checkSpecUpdate(errors: Complaints, spec: corev1.NodeSpec, old: corev1.NodeSpec): void {
  const [now, before] = [spec.podCIDRs ?? [], old.podCIDRs ?? []];
  const refuse = (name: string, why: string): void => {
    errors.push(field.forbidden(specPath.child(name), why));
  };
  const cidrText = 'node updates may not change podCIDR except from "" to valid';
  if (before.length > 0 && before.length !== now.length) refuse('podCIDRs', cidrText);
  else for (const [i, cidr] of before.entries()) if (cidr !== now[i]) refuse('podCIDRs', cidrText);
  if (old.providerID && old.providerID !== spec.providerID) {
    refuse('providerID', 'node updates may not change providerID except from "" to valid');
  }
}

/** Complaints about a change, of a node or of its status. Upstream: ValidateNodeUpdate (v1.36) */
export function validateNodeUpdate(node: corev1.Node, old: corev1.Node): FieldError[] {
  const errors: Complaints = [];
  validateAvoidPods(errors, node);
  validateAmounts(errors, node);
  validateDeclaredFeatures(errors, node);
  const seen = new Set<string>();
  for (const [i, address] of (node.status?.addresses ?? []).entries()) {
    const key = `${address.type}/${address.address}`;
    if (seen.has(key)) {
      const value = goValueOf('core/v1.NodeAddress', address);
      errors.push(field.duplicate(field.newPath('status', 'addresses').index(i), value));
    }
    seen.add(key);
  }
  checkSpecUpdate(errors, node.spec ?? {}, old.spec ?? {});
  if (node.spec?.taints) validateTaints(errors, metadataPath.child('taints'), node.spec.taints);
  if ((node.spec?.externalID ?? '') !== (old.spec?.externalID ?? '')) {
    errors.push(field.forbidden(specPath.child('externalID'), 'may not be updated'));
  }
  return errors;
}

/** Warnings about a node. Upstream: pkg/registry/core/node/strategy.go nodeWarnings (v1.36) */
export function nodeWarnings({ spec }: corev1.Node): string[] {
  const warnings: string[] = [];
  if (spec?.configSource) {
    warnings.push('spec.configSource: the feature is removed');
  }
  if (spec?.externalID) {
    warnings.push('spec.externalID: this field is deprecated, and is unused by Kubernetes');
  }
  for (const [i, cidr] of (spec?.podCIDRs ?? []).entries()) {
    warnings.push(...getWarningsForCIDR(specPath.child('podCIDRs').index(i), cidr));
  }
  return warnings;
}

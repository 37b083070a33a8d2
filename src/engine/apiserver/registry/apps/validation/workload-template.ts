/** Rules of selectors and pod templates of workloads. Upstream: pkg/apis/apps/validation/validation.go (v1.36) */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import {
  labelSelectorAsSelector,
  type LabelSelector,
  type Selector,
  SelectorError,
} from '../../../../../apimachinery/labels.ts';
import type { KubernetesObject } from '../../../../../apimachinery/object-meta.ts';
import { isDNS1123Label } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain } from '../../core/validation/complaints.ts';
import { validateLabelSelector } from '../../core/validation/labels.ts';
import { getWarningsForPodTemplate } from '../../core/validation/pod-warnings.ts';
import { printedSelector, sortedMap } from './field-rules.ts';

/** What an absent template stands for. */
export const emptyTemplate: corev1.PodTemplateSpec = Object.freeze({});

/** The selector as it matches; undefined when it cannot be read. */
export function readSelector(selector: LabelSelector | undefined): Selector | undefined {
  try {
    return labelSelectorAsSelector(selector ?? undefined);
  } catch (error) {
    if (error instanceof SelectorError) return undefined;
    throw error;
  }
}

/** Whether a selector is there and asks for nothing. */
export function isEmptySelector(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0;
}

/** Complains about a required selector; `kind` is named when it is empty. Gives it when it can be read. */
export function validateRequiredSelector(
  errors: Complaints,
  path: Path,
  selector: LabelSelector | undefined,
  kind: string,
  unreadable = 'invalid label selector',
): Selector | undefined {
  if (!selector) errors.push(field.required(path.child('selector')));
  else {
    validateLabelSelector(errors, path.child('selector'), selector);
    if (isEmptySelector(selector)) {
      complain(errors, path, 'selector', printedSelector(selector), [`empty selector is invalid for ${kind}`]);
    }
  }
  const read = readSelector(selector);
  if (!read) complain(errors, path, 'selector', printedSelector(selector), [unreadable]);
  return read;
}

/** Complains when the template's labels are not those the selector asks for. `path` is the template's. */
export function validateTemplateMatches(
  errors: Complaints,
  path: Path,
  template: corev1.PodTemplateSpec,
  selector: Selector,
): void {
  const labels = template.metadata?.labels;
  if (selector.matches(labels)) return;
  complain(errors, path.child('metadata'), 'labels', sortedMap(labels), [
    '`selector` does not match template `labels`',
  ]);
}

/** Complains about a template whose pods would not run for good. `path` is the template's. */
export function validateRunsForever(
  errors: Complaints,
  path: Path,
  { spec }: corev1.PodTemplateSpec,
  kind: string,
): void {
  const restartPolicy = spec?.restartPolicy ?? '';
  if (restartPolicy !== 'Always') {
    errors.push(field.notSupported(path.child('spec', 'restartPolicy'), restartPolicy, ['Always']));
  }
  if (spec?.activeDeadlineSeconds === undefined) return;
  const why = `activeDeadlineSeconds in ${kind} is not Supported`;
  errors.push(field.forbidden(path.child('spec', 'activeDeadlineSeconds'), why));
}

/** A warning about a name that pods' host names cannot hold. */
export function nameWarnings({ metadata }: KubernetesObject): string[] {
  const messages = isDNS1123Label(metadata.name ?? '');
  if (messages.length === 0) return [];
  return [
    `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${messages.join(' ')}]`,
  ];
}

interface Workload extends KubernetesObject {
  readonly spec?: { readonly template?: corev1.PodTemplateSpec };
}

/** Warnings about the template of a workload that is new or has a new generation. */
export function templateWarnings(object: Workload, old: Workload | undefined): string[] {
  const template = object.spec?.template;
  if (!template || (old && old.metadata.generation === object.metadata.generation)) return [];
  return getWarningsForPodTemplate(field.newPath('spec', 'template'), template, old?.spec?.template);
}

/** Rules of Jobs. Upstream: pkg/apis/batch/validation/validation.go (v1.36) */
import type * as batchv1 from '../../../../../api/batch/v1.ts';
import type * as corev1 from '../../../../../api/core/v1.ts';
import { goValueOf } from '../../../../../api/go-value.ts';
import { semanticDeepEqual } from '../../../../../apimachinery/deep-equal.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { byteLength, isDNS1123Label } from '../../../../../apimachinery/validation.ts';
import { printedSelector, sortedMap, validateCounts, validateImmutable } from '../../apps/validation/field-rules.ts';
import {
  emptyTemplate,
  nameWarnings,
  readSelector,
  validateTemplateMatches,
} from '../../apps/validation/workload-template.ts';
import { type Complaints, complain, fieldImmutable, oneOf } from '../../core/validation/complaints.ts';
import { hasInvalidLabelValue, validateLabelSelector } from '../../core/validation/labels.ts';
import { getValidationOptionsFromPodTemplate, type PodValidationOptions } from '../../core/validation/pod-options.ts';
import { validatePodTemplateSpec } from '../../core/validation/pod-template.ts';
import { getWarningsForPodTemplate } from '../../core/validation/pod-warnings.ts';
import { validateDomainPrefixedPath } from './domain-prefixed-path.ts';
import { validatePodFailurePolicy, validateSuccessPolicy } from './job-policies.ts';

type Job = batchv1.Job;
type Spec = batchv1.JobSpec;

const specPath = field.newPath('spec');
const manyCompletions = 100_000;
const highParallelism = 10_000;
const legacyLabels = ['controller-uid', 'job-name'];
const labels = ['batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name'];

function validateIndexed(errors: Complaints, path: Path, spec: Spec): void {
  const { completions, parallelism = 0, maxFailedIndexes } = spec;
  const failed = maxFailedIndexes ?? 0;
  const wrong = (name: string, value: number, why: string): void => complain(errors, path, name, value, [why]);
  if (completions === undefined)
    errors.push(field.required(path.child('completions'), 'when completion mode is Indexed'));
  if (parallelism > manyCompletions) {
    wrong(
      'parallelism',
      parallelism,
      `must be less than or equal to ${manyCompletions} when completion mode is Indexed`,
    );
  }
  if (completions !== undefined && failed > completions) {
    wrong('maxFailedIndexes', failed, 'must be less than or equal to completions');
  }
  if (failed > manyCompletions) wrong('maxFailedIndexes', failed, `must be less than or equal to ${manyCompletions}`);
  if ((completions ?? 0) <= manyCompletions || spec.backoffLimitPerIndex === undefined) return;
  const why = `must be less than or equal to ${highParallelism} when completions are above ${manyCompletions} and used with backoff limit per index`;
  if (maxFailedIndexes === undefined) {
    const missing = `must be specified when completions is above ${manyCompletions}`;
    errors.push(field.required(path.child('maxFailedIndexes'), missing));
  }
  if (parallelism > highParallelism) wrong('parallelism', parallelism, why);
  if (failed > highParallelism) wrong('maxFailedIndexes', failed, why);
}

function validateCompletionMode(errors: Complaints, path: Path, spec: Spec): void {
  const { completionMode: mode } = spec;
  if (mode !== undefined) oneOf(errors, path, 'completionMode', mode, ['NonIndexed', 'Indexed']);
  if (mode === 'Indexed') validateIndexed(errors, path, spec);
  if (mode !== undefined && mode !== 'NonIndexed') return;
  for (const name of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const) {
    if (spec[name] !== undefined) complain(errors, path, name, spec[name], ['requires indexed completion mode']);
  }
}

function validateRestartPolicy(errors: Complaints, path: Path, spec: Spec): void {
  const policy = spec.template?.spec?.restartPolicy ?? '';
  const at = path.child('template', 'spec', 'restartPolicy');
  if (policy === 'Always' || policy === '') errors.push(field.required(at, 'valid values: "OnFailure", "Never"'));
  else if (policy !== 'OnFailure' && policy !== 'Never') {
    errors.push(field.notSupported(at, policy, ['OnFailure', 'Never']));
  } else if (spec.podFailurePolicy && policy !== 'Never') {
    errors.push(field.invalid(at, policy, 'only "Never" is supported when podFailurePolicy is specified'));
  }
}

/** Complaints about a job's spec but for its selector. Upstream: validateJobSpec */
export function validateJobSpec(errors: Complaints, path: Path, spec: Spec, options: PodValidationOptions): void {
  const counts = ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit'] as const;
  const more = ['ttlSecondsAfterFinished', 'backoffLimitPerIndex', 'maxFailedIndexes'] as const;
  validateCounts(errors, path, spec, [...counts, ...more]);
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) {
    errors.push(field.required(path.child('backoffLimitPerIndex'), 'when maxFailedIndexes is specified'));
  }
  if (spec.managedBy !== undefined) {
    validateDomainPrefixedPath(errors, path.child('managedBy'), spec.managedBy);
    if (byteLength(spec.managedBy) > 63) errors.push(field.tooLong(path.child('managedBy'), 63));
  }
  validateCompletionMode(errors, path, spec);
  if (spec.podFailurePolicy) validatePodFailurePolicy(errors, path.child('podFailurePolicy'), spec);
  if (spec.successPolicy) {
    if (spec.completionMode === 'Indexed') validateSuccessPolicy(errors, path.child('successPolicy'), spec);
    else {
      const value = goValueOf('batch/v1.SuccessPolicy', spec.successPolicy);
      complain(errors, path, 'successPolicy', value, ['requires indexed completion mode']);
    }
  }
  if (spec.podReplacementPolicy !== undefined) {
    const allowed = spec.podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
    oneOf(errors, path, 'podReplacementPolicy', spec.podReplacementPolicy, allowed);
  }
  errors.push(...validatePodTemplateSpec(spec.template ?? emptyTemplate, path.child('template'), options));
  validateRestartPolicy(errors, path, spec);
}

function validateGeneratedSelector(errors: Complaints, { metadata, spec }: Job, prefixed: boolean): void {
  if (!spec?.selector || spec.manualSelector) return;
  const own: Record<string, string> = {};
  for (const name of prefixed ? [...legacyLabels, ...labels] : legacyLabels) {
    const expected = (name.endsWith('uid') ? metadata.uid : metadata.name) ?? '';
    own[name] = expected;
    const present = spec.template?.metadata?.labels;
    if (present?.[name] === expected) continue;
    const path = specPath.child('template', 'metadata', 'labels').key(name);
    const why = `must be '${expected}'`;
    errors.push(
      present?.[name] === undefined ? field.required(path, why) : field.invalid(path, sortedMap(present), why),
    );
  }
  const selector = readSelector(spec.selector);
  if (selector && !selector.matches(own)) {
    complain(errors, specPath, 'selector', printedSelector(spec.selector), ['`selector` not auto-generated']);
  }
}

function validateSpecAndSelector(errors: Complaints, spec: Spec, options: PodValidationOptions): void {
  validateJobSpec(errors, specPath, spec, options);
  if (!spec.selector) errors.push(field.required(specPath.child('selector')));
  const allowInvalidLabelValue = options.allowInvalidLabelValueInSelector === true;
  validateLabelSelector(errors, specPath.child('selector'), spec.selector, { allowInvalidLabelValue });
  const selector = readSelector(spec.selector);
  if (selector) validateTemplateMatches(errors, specPath.child('template'), spec.template ?? emptyTemplate, selector);
}

function optionsFor(spec: Spec, old: Spec | undefined): PodValidationOptions {
  const options = getValidationOptionsFromPodTemplate(spec.template, old?.template);
  if (!hasInvalidLabelValue(old?.selector)) return options;
  return { ...options, allowInvalidLabelValueInSelector: true };
}

/** Complaints about a job, given what it was. Upstream: ValidateJob */
export function validateJob(job: Job, old?: Job): FieldError[] {
  const errors: Complaints = [];
  const { metadata, spec } = job;
  if (!spec) return errors;
  const oldLabels = old?.spec?.template?.metadata?.labels;
  validateGeneratedSelector(errors, job, !old || labels.every((name) => oldLabels?.[name] !== undefined));
  validateSpecAndSelector(errors, spec, optionsFor(spec, old?.spec));
  if (spec.completionMode !== 'Indexed' || (spec.completions ?? 0) <= 0) return errors;
  const host = `${metadata.name ?? ''}-${(spec.completions ?? 0) - 1}`;
  if (isDNS1123Label(host).length > 0) {
    const why = `will not able to create pod with invalid DNS label: ${host}`;
    complain(errors, field.newPath('metadata'), 'name', metadata.name ?? '', [why]);
  }
  return errors;
}

type PodSpec = corev1.PodSpec;

/** The old template with those directives of the new one that a suspended job may change. */
function withNewDirectives(old: corev1.PodTemplateSpec, now: corev1.PodTemplateSpec): corev1.PodTemplateSpec {
  const to = now.spec?.affinity;
  const from = old.spec?.affinity;
  const affinity = to || from ? { ...from, nodeAffinity: to?.nodeAffinity } : undefined;
  const { nodeSelector, tolerations, schedulingGates } = now.spec ?? ({} as PodSpec);
  const spec = { ...old.spec, affinity, nodeSelector, tolerations, schedulingGates } as PodSpec;
  const { labels: newLabels, annotations } = now.metadata ?? {};
  return {
    ...old,
    spec,
    metadata: { ...old.metadata, labels: newLabels, annotations } as typeof now.metadata & object,
  };
}

function withNewResources(old: readonly corev1.Container[], now: readonly corev1.Container[]): readonly object[] {
  if (old.length !== now.length) return old;
  return old.map((container, i) =>
    container.name === now[i]?.name ? { ...container, resources: now[i]?.resources } : container,
  );
}

function validateTemplateUpdate(errors: Complaints, spec: Spec, old: Job): void {
  const { conditions = [], active = 0, startTime } = old.status ?? {};
  const suspended = old.spec?.suspend === true;
  const rested = conditions.some(({ type, status }) => type === 'Suspended' && status === 'True');
  const mutable = suspended && active === 0 && (startTime === undefined || rested);
  const { template = emptyTemplate } = spec;
  const before = old.spec?.template ?? emptyTemplate;
  const oldTemplate = mutable ? withNewDirectives(before, template) : before;
  if (!mutable) {
    validateImmutable(
      errors,
      specPath,
      'template',
      spec,
      { ...spec, template: oldTemplate },
      'core/v1.PodTemplateSpec',
    );
    return;
  }
  const now = template.spec ?? ({} as PodSpec);
  const was = oldTemplate.spec ?? ({} as PodSpec);
  const allowed = {
    ...was,
    containers: withNewResources(was.containers ?? [], now.containers ?? []),
    initContainers: withNewResources(was.initContainers ?? [], now.initContainers ?? []),
  };
  if (semanticDeepEqual(now, allowed)) return;
  errors.push(field.invalid(specPath.child('template.spec'), goValueOf('core/v1.PodSpec', now), fieldImmutable));
}

/** Complaints about a change. Upstream: pkg/registry/batch/job/strategy.go ValidateUpdate (v1.36) */
export function validateJobUpdate(job: Job, old: Job): FieldError[] {
  const errors: Complaints = [];
  const { spec } = job;
  if (!spec) return errors;
  validateSpecAndSelector(errors, spec, optionsFor(spec, old.spec));
  if (spec.completionMode !== 'Indexed') validateImmutable(errors, specPath, 'completions', spec, old.spec);
  else if (
    spec.completions !== undefined &&
    spec.completions !== old.spec?.completions &&
    spec.completions !== spec.parallelism
  ) {
    complain(errors, specPath, 'completions', spec.completions, [
      'can only be modified in tandem with spec.parallelism',
    ]);
  }
  validateImmutable(errors, specPath, 'selector', spec, old.spec, 'selector');
  validateTemplateUpdate(errors, spec, old);
  validateImmutable(errors, specPath, 'completionMode', spec, old.spec);
  validateImmutable(errors, specPath, 'podFailurePolicy', spec, old.spec, 'batch/v1.PodFailurePolicy');
  for (const name of ['backoffLimitPerIndex', 'managedBy'] as const)
    validateImmutable(errors, specPath, name, spec, old.spec);
  validateImmutable(errors, specPath, 'successPolicy', spec, old.spec, 'batch/v1.SuccessPolicy');
  return errors;
}

/** Upstream: pkg/api/job/warnings.go WarningsForJobSpec (v1.36) */
export function warningsForJobSpec(path: Path, spec: Spec): string[] {
  const { completionMode, completions = 0, parallelism = 0, template } = spec;
  const why =
    'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail';
  const isHuge = completionMode === 'Indexed' && completions > manyCompletions && parallelism > highParallelism;
  const warnings = isHuge ? [`${path.toString()}: ${why}`] : [];
  return template ? [...warnings, ...getWarningsForPodTemplate(path.child('template'), template)] : warnings;
}

/** Warnings about a job. */
export function jobWarnings(job: Job, old: Job | undefined): string[] {
  if (!job.spec || (old && old.metadata.generation === job.metadata.generation)) return [];
  return [...(old ? [] : nameWarnings(job)), ...warningsForJobSpec(specPath, job.spec)];
}

import type * as batchv1 from '../../../api/batch/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { completionIndexAnnotation, failureCountAnnotations, hasBackoffLimitPerIndex } from './pod-failure.ts';

const envName = 'JOB_COMPLETION_INDEX';
const maxGeneratedNameLength = 58;

const withIndexEnv = (container: corev1.Container): corev1.Container => {
  if (container.env?.some(({ name }) => name === envName)) return container;
  const fieldPath = `metadata.labels['${completionIndexAnnotation}']`;
  return { ...container, env: [...(container.env ?? []), { name: envName, valueFrom: { fieldRef: { fieldPath } } }] };
};

/** The template of the pod for one index. Upstream: pkg/controller/job/indexed_job_utils.go (v1.36) */
export function indexedTemplate(
  job: batchv1.Job,
  template: corev1.PodTemplateSpec,
  index: number,
  replaced: corev1.Pod | undefined,
): corev1.PodTemplateSpec {
  const spec = template.spec ?? { containers: [] };
  const text = String(index);
  return {
    ...template,
    metadata: {
      ...template.metadata,
      labels: { ...template.metadata?.labels, [completionIndexAnnotation]: text },
      annotations: {
        ...template.metadata?.annotations,
        [completionIndexAnnotation]: text,
        ...(hasBackoffLimitPerIndex(job) ? failureCountAnnotations(job, replaced) : {}),
      },
    },
    spec: {
      ...spec,
      hostname: `${job.metadata.name ?? ''}-${index}`,
      ...(spec.initContainers ? { initContainers: spec.initContainers.map(withIndexEnv) } : {}),
      containers: spec.containers.map(withIndexEnv),
    },
  };
}

export function podGenerateNameWithIndex(jobName: string, index: number): string {
  const suffix = `-${index}-`;
  return jobName.slice(0, maxGeneratedNameLength - suffix.length) + suffix;
}

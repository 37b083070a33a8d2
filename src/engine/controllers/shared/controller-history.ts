import type * as appsv1 from '../../../api/apps/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { compareStrings } from '../../../apimachinery/go-format.ts';
import { encodeGoJson } from '../../../apimachinery/go-json.ts';
import { fnv32 } from '../../../apimachinery/hash.ts';
import { safeEncodeString } from '../../../apimachinery/names.ts';
import { canonicalText } from './canonical-text.ts';
import { timeOf } from './api-time.ts';

export const controllerRevisionHashLabel = 'controller-revision-hash';

/** What a revision holds: the template, as a strategic patch that replaces it. Upstream: getPatch (v1.36) */
export function templatePatch(template: corev1.PodTemplateSpec | undefined): object {
  return { spec: { template: { ...template, $patch: 'replace' } } };
}

/** Data as a revision keeps them: clients compare the very bytes, so members stand in the order in which Go writes a map. */
export function revisionData<T>(value: T): T {
  if (Array.isArray(value)) return value.map(revisionData) as T;
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => compareStrings(a, b));
  return Object.fromEntries(members.map(([name, member]) => [name, revisionData(member)])) as T;
}

/** The template that a revision holds. */
export function templateOfRevision(revision: appsv1.ControllerRevision): corev1.PodTemplateSpec | undefined {
  const data = revision.data as {
    readonly spec?: { readonly template?: corev1.PodTemplateSpec & { $patch?: string } };
  };
  if (!data?.spec?.template) return undefined;
  const { $patch: _, ...template } = data.spec.template;
  return template;
}

export function sameData(a: appsv1.ControllerRevision, data: unknown): boolean {
  return canonicalText(a.data) === canonicalText(data);
}

/** For the name of a revision: of its data as stored, and the number of collisions. Upstream: HashControllerRevision (v1.36) */
export function revisionHash(data: object, collisionCount: number): string {
  return safeEncodeString(String(fnv32(`${encodeGoJson(data, { sortKeys: true })}${collisionCount}`)));
}

/** Oldest first. Upstream: pkg/controller/history byRevision (v1.36) */
export function byRevision(a: appsv1.ControllerRevision, b: appsv1.ControllerRevision): number {
  if (a.revision !== b.revision) return a.revision - b.revision;
  const age = (timeOf(a.metadata.creationTimestamp) ?? 0) - (timeOf(b.metadata.creationTimestamp) ?? 0);
  return age || compareStrings(a.metadata.name ?? '', b.metadata.name ?? '');
}

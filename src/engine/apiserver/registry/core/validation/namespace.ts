/** Rules of Namespaces. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { isQualifiedName } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complainAt } from './complaints.ts';

const standard: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

function validateFinalizerName(errors: Complaints, path: Path, name: string): void {
  complainAt(errors, path, name, isQualifiedName(name));
  if (name.includes('/') || standard.has(name)) return;
  errors.push(field.invalid(path, name, 'name is neither a standard finalizer name nor is it fully qualified'));
}

/** Complaints about a new namespace. Upstream: ValidateNamespace (v1.36) */
export function validateNamespace({ spec }: corev1.Namespace): FieldError[] {
  const errors: Complaints = [];
  const path = field.newPath('spec', 'finalizers');
  for (const name of spec?.finalizers ?? []) validateFinalizerName(errors, path, name);
  return errors;
}

/** Complaints about new finalizers of the spec. Upstream: ValidateNamespaceFinalizeUpdate (v1.36) */
export function validateNamespaceFinalizeUpdate({ spec }: corev1.Namespace): FieldError[] {
  const errors: Complaints = [];
  const path = field.newPath('spec', 'finalizers');
  for (const [i, name] of (spec?.finalizers ?? []).entries()) validateFinalizerName(errors, path.index(i), name);
  return errors;
}

/** Complaints about a status. Upstream: ValidateNamespaceStatusUpdate (v1.36) */
export function validateNamespaceStatusUpdate({ metadata, status }: corev1.Namespace): FieldError[] {
  const phase = status?.phase ?? '';
  const path = field.newPath('status', 'Phase');
  const expected = metadata.deletionTimestamp === undefined ? 'Active' : 'Terminating';
  if (phase === expected) return [];
  const state = expected === 'Active' ? 'empty' : 'not empty';
  return [field.invalid(path, phase, `may only be '${expected}' if \`deletionTimestamp\` is ${state}`)];
}

/** Rules of paths in volumes and mounts. */
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import type { Complaints } from './complaints.ts';

/** No element may be `..`. Upstream: validatePathNoBacksteps (v1.36) */
export function validatePathNoBacksteps(errors: Complaints, path: Path, name: string, value: string): void {
  if (value.includes('..') && value.split('/').includes('..')) {
    errors.push(field.invalid(path.child(name), value, "must not contain '..'"));
  }
}

/** Relative, without `..`. Upstream: validateLocalDescendingPath (v1.36) */
export function validateLocalDescendingPath(errors: Complaints, path: Path, name: string, value: string): void {
  if (value.startsWith('/')) errors.push(field.invalid(path.child(name), value, 'must be a relative path'));
  validatePathNoBacksteps(errors, path, name, value);
}

/** Relative, without `..`, and not starting with it. Upstream: ValidateLocalNonReservedPath (v1.36) */
export function validateLocalNonReservedPath(errors: Complaints, path: Path, name: string, value: string): void {
  validateLocalDescendingPath(errors, path, name, value);
  if (value.startsWith('..') && !value.startsWith('../')) {
    errors.push(field.invalid(path.child(name), value, "must not start with '..'"));
  }
}

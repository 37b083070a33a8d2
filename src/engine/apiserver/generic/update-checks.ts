/**
 * What is wrong with a change, in the order upstream tells it: metadata is looked at by generic code first and again, in one form or
 * the other, by most kinds.
 * Upstream: apiserver/pkg/registry/rest/update.go BeforeUpdate (v1.36)
 */
import type { FieldError } from '../../../apimachinery/field-error.ts';
import type { ObjectMeta } from '../../../apimachinery/object-meta.ts';
import type { UpdateCheck } from '../registry/resource-definition.ts';
import {
  type NameCheck,
  validateKubeFinalizers,
  validateObjectMeta,
  validateObjectMetaUpdate,
} from './object-meta-validation.ts';

const usual: readonly UpdateCheck[] = ['metaUpdate', 'own'];
const anyName = (): readonly string[] => [];

export interface UpdateChecks {
  readonly namespaced: boolean;
  readonly checkName: NameCheck;
  /** Finalizers of one word must be Kubernetes' own. */
  readonly kubeFinalizers: boolean;
  /** Default: metadata's change, then the kind's own rules. */
  readonly order: readonly UpdateCheck[] | undefined;
  /** Complaints of the kind about the changed object by itself. */
  again(): readonly FieldError[];
  /** Complaints of the kind about the change. */
  own(): readonly FieldError[];
}

/** Complaints about a change. */
export function updateErrors(meta: ObjectMeta, old: ObjectMeta, checks: UpdateChecks): FieldError[] {
  const { namespaced, checkName, order = usual } = checks;
  const finalizers = checks.kubeFinalizers ? validateKubeFinalizers(meta) : [];
  const state = validateObjectMeta(meta, namespaced, anyName);
  const change = validateObjectMetaUpdate(meta, old);
  const metadata = {
    meta: () => [...validateObjectMeta(meta, namespaced, checkName), ...finalizers],
    metaUpdate: () => [...change, ...finalizers],
    again: checks.again,
    own: checks.own,
  };
  return [...state, ...change, ...order.flatMap((check) => metadata[check]())];
}

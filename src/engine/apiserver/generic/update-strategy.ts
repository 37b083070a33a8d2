import type { FieldError } from '../../../apimachinery/field-error.ts';
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { StatusStrategy, UpdateCheck } from '../registry/resource-definition.ts';
import type { StrategyContext } from '../registry/strategy-context.ts';
import { keep, keepMember } from './draft-members.ts';
import type { WritableObject } from './operation.ts';

/** What differs between updating an object and updating one of its subresources. */
export interface UpdateStrategy {
  prepareForUpdate?(draft: WritableObject, old: KubernetesObject, context: StrategyContext): void;
  validateUpdate?(object: KubernetesObject, old: KubernetesObject, context: StrategyContext): readonly FieldError[];
  warnings?(object: KubernetesObject): readonly string[];
  readonly updateChecks?: readonly UpdateCheck[];
}

/** The strategy of a `status` update: everything but status and metadata stays. */
export function statusUpdateStrategy(statusStrategy: StatusStrategy): UpdateStrategy {
  return {
    prepareForUpdate(draft, old, context) {
      for (const key of new Set([...Object.keys(old), ...Object.keys(draft)])) {
        if (key !== 'metadata' && key !== 'status') keepMember(draft, old, key);
      }
      for (const key of statusStrategy.resetsMetadata ?? []) keep(draft.metadata, old.metadata, key);
      statusStrategy.prepareForUpdate?.(draft as never, old as never, context);
    },
    validateUpdate: (object, old, context) =>
      statusStrategy.validateUpdate?.(object as never, old as never, context) ?? [],
    warnings: (object) => statusStrategy.warnings?.(object as never) ?? [],
    ...(statusStrategy.updateChecks && { updateChecks: statusStrategy.updateChecks }),
  };
}

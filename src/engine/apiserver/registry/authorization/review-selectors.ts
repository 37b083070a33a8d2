/** Selectors in access reviews, as authorizers see them. Upstream: pkg/registry/authorization/util/helpers.go (v1.36) */
import type * as authorizationv1 from '../../../../api/authorization/v1.ts';
import type { FieldRequirement } from '../../../../apimachinery/fields.ts';
import { newRequirement, parseSelector, SelectorError } from '../../../../apimachinery/labels.ts';
import { readFieldSelector } from '../../authorization/authorize-request.ts';

type ResourceAttributes = authorizationv1.ResourceAttributes;
type FieldSelector = NonNullable<ResourceAttributes['fieldSelector']>;
type LabelSelector = NonNullable<ResourceAttributes['labelSelector']>;

/** What of a selector could be read, and whether something could not. */
interface Read<T> {
  readonly requirements: readonly T[];
  readonly failed: boolean;
}

/** Upstream: fieldSelectorAsSelector */
export function readFields({ rawSelector, requirements = [] }: FieldSelector): Read<FieldRequirement> {
  if (requirements.length === 0) {
    const read = readFieldSelector(rawSelector ?? '');
    return { requirements: read?.requirements ?? [], failed: read === undefined };
  }
  const known = requirements.flatMap(({ key: field = '', operator, values = [] }): FieldRequirement[] => {
    const [value] = values;
    if (value === undefined || values.length > 1 || (operator !== 'In' && operator !== 'NotIn')) return [];
    return [{ field, operator: operator === 'In' ? '=' : '!=', value }];
  });
  return { requirements: known, failed: known.length < requirements.length };
}

const labelOperators = new Map([
  ['In', 'in'],
  ['NotIn', 'notin'],
  ['Exists', 'exists'],
  ['DoesNotExist', '!'],
]);

/** How many of a selector's requirements could be read. Upstream: labelSelectorAsSelector */
function readLabels({ rawSelector = '', requirements = [] }: LabelSelector): Read<unknown> {
  if (requirements.length === 0) {
    const failed = !isReadable(() => parseSelector(rawSelector));
    return { requirements: [], failed };
  }
  const known = requirements.filter(({ key = '', operator = '', values = [] }) =>
    isReadable(() => newRequirement(key, labelOperators.get(operator) ?? operator, values)),
  );
  return { requirements: known, failed: known.length < requirements.length };
}

function isReadable(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof SelectorError) return false;
    throw error;
  }
}

/** The words about selectors that were not understood; empty when all were. Upstream: BuildEvaluationError */
export function parseErrors({ fieldSelector, labelSelector }: Partial<ResourceAttributes> = {}): string {
  const complaint = (name: string, read: Read<unknown> | undefined): string[] =>
    read?.failed
      ? [
          `spec.resourceAttributes.${name} ${read.requirements.length > 0 ? 'partially ' : ''}ignored due to parse error`,
        ]
      : [];
  return [
    ...complaint('fieldSelector', fieldSelector && readFields(fieldSelector)),
    ...complaint('labelSelector', labelSelector && readLabels(labelSelector)),
  ].join('; ');
}

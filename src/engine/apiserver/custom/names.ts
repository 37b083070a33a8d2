/** Which names a definition gets, and what its conditions say of them. Upstream: apiextensions-apiserver/pkg/controller/status (v1.36) */
import type * as apiextensionsv1 from '../../../api/apiextensions/v1.ts';

type Definition = apiextensionsv1.CustomResourceDefinition;
type Names = apiextensionsv1.CustomResourceDefinitionNames;
type Condition = apiextensionsv1.CustomResourceDefinitionCondition;

export interface NamesVerdict {
  readonly acceptedNames: Names;
  readonly accepted: boolean;
  readonly reason: string;
  readonly message: string;
}

interface Taken {
  readonly resources: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
}

/** Names that other definitions of the group hold already. */
function takenNames(crd: Definition, others: readonly Definition[]): Taken {
  const resources = new Set<string>();
  const kinds = new Set<string>();
  for (const { metadata, spec, status } of others) {
    if (spec.group !== crd.spec.group || metadata.name === crd.metadata.name) continue;
    const names = status?.acceptedNames;
    if (!names) continue;
    for (const name of [names.plural, names.singular, ...(names.shortNames ?? [])]) if (name) resources.add(name);
    for (const kind of [names.kind, names.listKind]) if (kind) kinds.add(kind);
  }
  return { resources, kinds };
}

/** Judges the names that a definition asks for. */
export function calculateNames(crd: Definition, others: readonly Definition[]): NamesVerdict {
  const { resources, kinds } = takenNames(crd, others);
  const wanted = crd.spec.names;
  const had: Names = crd.status?.acceptedNames ?? { plural: '', kind: '' };
  const accepted: Record<string, unknown> = {};
  let conflict: { reason: string; message: string } | undefined;
  const judge = (key: keyof Names, taken: readonly string[], reason: string) => {
    const names = taken.map((name) => `${JSON.stringify(name)} is already in use`);
    if (names.length > 0) {
      conflict = { reason, message: names.length === 1 ? (names[0] ?? '') : `[${names.join(', ')}]` };
      if (had[key] !== undefined) accepted[key] = had[key];
    } else if (wanted[key] !== undefined) accepted[key] = wanted[key];
  };
  const inUse = (names: readonly (string | undefined)[], set: ReadonlySet<string>) =>
    names.filter((name): name is string => name !== undefined && set.has(name));
  judge('plural', inUse([wanted.plural], resources), 'PluralConflict');
  judge('singular', inUse([wanted.singular], resources), 'SingularConflict');
  judge('shortNames', inUse(wanted.shortNames ?? [], resources), 'ShortNamesConflict');
  judge('kind', inUse([wanted.kind], kinds), 'KindConflict');
  judge('listKind', inUse([wanted.listKind], kinds), 'ListKindConflict');
  if (wanted.categories) accepted['categories'] = wanted.categories;
  const acceptedNames = { ...accepted, plural: accepted['plural'] ?? '', kind: accepted['kind'] ?? '' } as Names;
  if (conflict) return { acceptedNames, accepted: false, ...conflict };
  return { acceptedNames, accepted: true, reason: 'NoConflicts', message: 'no conflicts found' };
}

/** Whether a condition holds. */
export function isConditionTrue(crd: Definition, type: string): boolean {
  return crd.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
}

/** The conditions with one set; its transition time changes with its status only. */
export function setCondition(
  conditions: readonly Condition[],
  wanted: Omit<Condition, 'lastTransitionTime'>,
  now: string,
): Condition[] {
  const present = conditions.find(({ type }) => type === wanted.type);
  const lastTransitionTime = present && present.status === wanted.status ? (present.lastTransitionTime ?? now) : now;
  const { type, status, reason, message } = wanted;
  const next = {
    type,
    status,
    lastTransitionTime,
    ...(reason ? { reason } : {}),
    ...(message ? { message } : {}),
  } as Condition;
  return present ? conditions.map((one) => (one === present ? next : one)) : [...conditions, next];
}

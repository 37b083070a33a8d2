/** Rules of CustomResourceDefinitions. Upstream: apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go (v1.36) */
import type * as apiextensionsv1 from '../../../../../api/apiextensions/v1.ts';
import { goListOf } from '../../../../../api/go-value.ts';
import { deepEqual } from '../../../../../apimachinery/deep-equal.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { byteLength, isDNS1035Label, isDNS1123Subdomain } from '../../../../../apimachinery/validation.ts';
import { validateDefaults } from '../../../custom/default-errors.ts';
import { validFieldPath } from '../../../custom/field-path.ts';
import type { JsonSchema } from '../../../custom/json-schema.ts';
import { validateClientConfig } from '../../admissionregistration/validation/webhook-client.ts';
import { validateImmutable } from '../../apps/validation/field-rules.ts';
import { type Complaints, complain, complainAt, require, requiredOneOf } from '../../core/validation/complaints.ts';
import { validateOpenAPISchema } from './open-api-schema.ts';
import { TotalCost } from './rule-errors.ts';
import { type Schema, validateStructural } from './structural.ts';
import { structuralFormError } from './structural-form.ts';

type Definition = apiextensionsv1.CustomResourceDefinition;
type Spec = apiextensionsv1.CustomResourceDefinitionSpec;
type Version = apiextensionsv1.CustomResourceDefinitionVersion;
type Hoisted = Pick<Version, 'schema' | 'subresources' | 'additionalPrinterColumns' | 'selectableFields'>;

const specPath = field.newPath('spec');
const hoistable = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'] as const;
const maxSelectableFields = 8;
const columnTypes = ['boolean', 'date', 'integer', 'number', 'string'];
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];
const reviewVersions = ['v1', 'v1beta1'];
const mixedCase = 'may have mixed case, but should otherwise match: ';

function joined(errors: Complaints, path: Path, name: string, value: string, messages: string[], prefix = ''): void {
  if (messages.length > 0) complain(errors, path, name, value, [prefix + messages.join(',')]);
}

function validatePath(errors: Complaints, path: Path, name: string, value = '', roots: string[] = []): void {
  if (!require(errors, path, name, value)) return;
  if (!value.startsWith('.')) complain(errors, path, name, value, ['must be a simple json path starting with .']);
  else if (roots.length > 0 && !roots.some((root) => value.startsWith(`${root}.`))) {
    const where = roots.length > 1 ? `either ${roots.join(' or ')}` : (roots[0] ?? '');
    complain(errors, path, name, value, [`should be a json path under ${where}`]);
  }
}

function validateColumns(errors: Complaints, path: Path, { additionalPrinterColumns: columns = [] }: Hoisted): void {
  for (const [i, { name, type, format, jsonPath }] of columns.entries()) {
    const at = path.child('additionalPrinterColumns').index(i);
    const why = `must be one of ${columnTypes.join(',')}`;
    require(errors, at, 'name', name);
    if (require(errors, at, 'type', type, why) && !columnTypes.includes(type))
      complain(errors, at, 'type', type, [why]);
    if (format && !columnFormats.includes(format)) {
      complain(errors, at, 'format', format, [`must be one of ${columnFormats.join(',')}`]);
    }
    validatePath(errors, at, 'JSONPath', jsonPath);
  }
}

function validateSubresources(errors: Complaints, path: Path, { subresources }: Hoisted): void {
  const scale = subresources?.scale;
  if (!scale) return;
  const at = path.child('subresources');
  validatePath(errors, at, 'scale.specReplicasPath', scale.specReplicasPath, ['.spec']);
  validatePath(errors, at, 'scale.statusReplicasPath', scale.statusReplicasPath, ['.status']);
  const selector = scale.labelSelectorPath;
  if (selector) validatePath(errors, at, 'scale.labelSelectorPath', selector, ['.spec', '.status']);
}

/** What an update is compared with. */
interface Before {
  /** Versions whose schemas stay as they are. */
  readonly unchanged: ReadonlySet<string>;
  readonly old?: Definition;
}
const nothingBefore: Before = { unchanged: new Set() };

/** Upstream: validateCustomResourceDefinitionValidation */
function validateSchema(errors: Complaints, path: Path, { schema, subresources }: Hoisted, isUnchanged: boolean): void {
  const root = schema?.openAPIV3Schema;
  if (!root) return;
  const at = path.child('openAPIV3Schema');
  const start = errors.length;
  if (subresources?.status && root.type !== 'object' && root.type) {
    const why = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
    complain(errors, path, 'openAPIV3Schema.type', root.type, [why]);
  }
  if (root.nullable) {
    errors.push(field.forbidden(path.child('openAPIV3Schema.nullable'), 'nullable cannot be true at the root'));
  }
  const formError = structuralFormError(root);
  const found = formError === undefined ? structuralErrors(at, root) : [];
  errors.push(...found);
  const isSound = formError === undefined && found.length === 0;
  const totalCost = new TotalCost();
  const context = { totalCost, maxCardinality: 1, suppressPerExpressionCost: isUnchanged };
  errors.push(...validateOpenAPISchema(at, root, isSound ? context : undefined));
  if (formError !== undefined && errors.length === start) errors.push(field.invalid(at, '', formError));
  errors.push(...totalCost.errors(at));
}

function structuralErrors(at: Path, root: Schema): FieldError[] {
  const errors = validateStructural(at, root);
  return errors.length > 0 ? errors : validateDefaults(root as JsonSchema, at);
}

/** Upstream: ValidateCustomResourceSelectableFields */
function validateSelectableFields(errors: Complaints, path: Path, given: Hoisted, before?: Hoisted): void {
  const { schema, selectableFields: fields = [] } = given;
  if (fields.length === 0) return;
  const at = path.child('selectableFields');
  const root = schema?.openAPIV3Schema as JsonSchema | undefined;
  if (!root) {
    const isShared = path === specPath;
    const why = isShared
      ? 'may only be set when validations.schema is included'
      : 'may only be set when `version.schema.openAPIV3Schema` is not included';
    errors.push(field.invalid(at, '', why));
    return;
  }
  const seen = new Set<string>();
  for (const [i, { jsonPath }] of fields.entries()) {
    const where = at.index(i).child('jsonPath');
    if (!jsonPath) {
      errors.push(field.required(where));
      continue;
    }
    const found = validFieldPath(jsonPath, root, false);
    if (typeof found === 'string') {
      errors.push(field.invalid(where, jsonPath, `is an invalid path: ${found}`));
      continue;
    }
    if (found.names[0] === 'metadata')
      errors.push(field.invalid(where, jsonPath, 'must not point to fields in metadata'));
    if (!['string', 'boolean', 'integer'].includes(found.schema.type ?? '')) {
      const why =
        'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';
      errors.push(field.invalid(where, jsonPath, why));
    }
    const text = found.path.toString();
    if (seen.has(text)) errors.push(field.duplicate(where, jsonPath));
    else seen.add(text);
  }
  const wasSo = (before?.selectableFields?.length ?? 0) > maxSelectableFields;
  if (seen.size <= maxSelectableFields || (wasSo && deepEqual(before?.selectableFields, fields))) return;
  errors.push(field.tooMany(at, seen.size, maxSelectableFields));
}

/** What all versions state alike is held once, as the API server's internal struct holds it. */
function hoist(versions: readonly Version[]): Hoist {
  const [first] = versions;
  const names = hoistable.filter((name) => versions.every((one) => deepEqual(one[name], first?.[name])));
  const common: Hoisted = Object.fromEntries(names.map((name) => [name, first?.[name]]));
  const rest = versions.map(
    (one) =>
      Object.fromEntries(Object.entries(one).filter(([name]) => !names.some((n) => n === name))) as unknown as Version,
  );
  return { common, rest };
}

function deprecationComplaints({ deprecated, deprecationWarning: text }: Version): string[] {
  if (text === undefined) return [];
  if (!deprecated) return ['can only be set for deprecated versions'];
  const length = byteLength(text) > 256 ? ['must be <= 256 characters long'] : [];
  if (text === '') return [...length, 'must not be an empty string'];
  const index = text.search(/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u);
  if (index < 0) return length;
  const why = `must only contain printable UTF-8 characters; non-printable character found at index ${byteLength(text.slice(0, index))}`;
  return [...length, why];
}

interface Hoist {
  readonly common: Hoisted;
  readonly rest: readonly Version[];
}

function validateVersions(errors: Complaints, spec: Spec, { common, rest }: Hoist, before: Before): void {
  const path = specPath.child('versions');
  const versions: readonly Version[] = spec.versions ?? [];
  for (const [i, { schema }] of versions.entries()) {
    if (!schema?.openAPIV3Schema) errors.push(field.required(path.index(i).child('schema', 'openAPIV3Schema')));
  }
  for (const [i, version] of rest.entries()) {
    const at = path.index(i);
    joined(errors, at, 'name', version.name, isDNS1035Label(version.name));
    complain(errors, at, 'deprecationWarning', version.deprecationWarning, deprecationComplaints(version));
    const whole = { subresources: common.subresources, ...version } as Hoisted;
    validateSchema(errors, at.child('schema'), whole, before.unchanged.has(version.name));
    validateSubresources(errors, at, version);
    validateColumns(errors, at, version);
    const old = before.old?.spec.versions.find(({ name }) => name === version.name);
    validateSelectableFields(errors, at, { schema: common.schema, ...version } as Hoisted, old);
  }
  const wrong = (why: string): number =>
    errors.push(
      field.invalid(path, goListOf('apiextensions/v1.CustomResourceDefinitionVersion', spec.versions && rest), why),
    );
  if (new Set(versions.map(({ name }) => name)).size < versions.length) wrong('must contain unique version names');
  if (versions.filter(({ storage }) => storage).length !== 1) {
    wrong('must have exactly one version marked as storage version');
  }
  // The internal struct also holds the first version's name.
  const first = versions[0]?.name;
  if (first) joined(errors, specPath, 'version', first, isDNS1035Label(first));
}

function validateNames(errors: Complaints, names: apiextensionsv1.CustomResourceDefinitionNames): void {
  const path = specPath.child('names');
  const { plural, singular = '', kind, listKind = '', shortNames = [], categories = [] } = names;
  const required = { plural, singular, kind, listKind };
  for (const [name, value] of Object.entries(required)) require(errors, path, name, value);
  if (plural) joined(errors, path, 'plural', plural, isDNS1035Label(plural));
  if (singular) joined(errors, path, 'singular', singular, isDNS1035Label(singular));
  if (kind) joined(errors, path, 'kind', kind, isDNS1035Label(kind.toLowerCase()), mixedCase);
  if (listKind) joined(errors, path, 'listKind', listKind, isDNS1035Label(listKind.toLowerCase()), mixedCase);
  const labels = (name: string, values: readonly string[]): void => {
    for (const [i, value] of values.entries()) {
      const messages = isDNS1035Label(value);
      if (messages.length > 0) complainAt(errors, path.child(name).index(i), value, [messages.join(',')]);
    }
  };
  labels('shortNames', shortNames);
  if (kind && kind === listKind) {
    complain(errors, path, 'listKind', listKind, ['kind and listKind may not be the same']);
  }
  labels('categories', categories);
}

function validateReviewVersions(errors: Complaints, versions: readonly string[]): void {
  const path = specPath.child('conversion', 'conversionReviewVersions');
  if (versions.length === 0) errors.push(field.required(path));
  for (const [i, version] of versions.entries()) {
    if (versions.indexOf(version) < i) errors.push(field.invalid(path.index(i), version, 'duplicate version'));
    else complainAt(errors, path.index(i), version, isDNS1035Label(version));
  }
  if (versions.length > 0 && !versions.some((version) => reviewVersions.includes(version))) {
    errors.push(field.invalid(path, versions, `must include at least one of ${reviewVersions.join(', ')}`));
  }
}

function validateConversion(errors: Complaints, { strategy, webhook }: apiextensionsv1.CustomResourceConversion): void {
  const path = specPath.child('conversion');
  requiredOneOf(errors, path, 'strategy', strategy, ['None', 'Webhook']);
  const at = path.child('webhookClientConfig');
  const { clientConfig, conversionReviewVersions } = webhook ?? {};
  // Null is read as no list at all.
  const versions = conversionReviewVersions ?? [];
  if (strategy === 'Webhook') {
    if (clientConfig) validateClientConfig(errors, at, clientConfig);
    else errors.push(field.required(at, 'required when strategy is set to Webhook'));
    validateReviewVersions(errors, versions);
    return;
  }
  const why = 'should not be set when strategy is not set to Webhook';
  if (clientConfig) errors.push(field.forbidden(at, why));
  if (versions.length > 0) errors.push(field.forbidden(path.child('conversionReviewVersions'), why));
}

function validateGroup(errors: Complaints, group: string): void {
  if (!require(errors, specPath, 'group', group)) return;
  const messages = isDNS1123Subdomain(group);
  if (messages.length > 0) joined(errors, specPath, 'group', group, messages);
  else if (!group.includes('.'))
    complain(errors, specPath, 'group', group, ['should be a domain with at least one dot']);
}

function validateSpec(errors: Complaints, spec: Spec, before: Before): void {
  validateGroup(errors, spec.group ?? '');
  requiredOneOf(errors, specPath, 'scope', spec.scope, ['Cluster', 'Namespaced']);
  const hoisted = hoist(spec.versions ?? []);
  const { common } = hoisted;
  validateVersions(errors, spec, hoisted, before);
  validateNames(errors, spec.names ?? { plural: '', kind: '' });
  const anyStatus = (spec.versions ?? []).find(({ subresources }) => subresources?.status)?.subresources;
  const shared = { ...common, ...(anyStatus ? { subresources: anyStatus } : {}) };
  validateSchema(errors, specPath.child('validation'), shared, before.unchanged.has(spec.versions?.[0]?.name ?? ''));
  validateSubresources(errors, specPath, common);
  validateColumns(errors, specPath, common);
  validateSelectableFields(errors, specPath, common, before.old && hoist(before.old.spec.versions).common);
  if (spec.conversion) validateConversion(errors, spec.conversion);
}

/** Complaints about a new definition. */
export function validateCustomResourceDefinition({ metadata, spec, status }: Definition): FieldError[] {
  const errors: Complaints = [];
  if (metadata.name && metadata.name !== `${spec.names?.plural}.${spec.group}`) {
    const why = 'must be spec.names.plural+"."+spec.group';
    complain(errors, field.newPath('metadata'), 'name', metadata.name ?? '', [why]);
  }
  validateSpec(errors, spec, nothingBefore);
  validateStoredVersions(errors, spec, status?.storedVersions ?? []);
  validateApproval(errors, metadata.annotations?.[approval] ?? '', spec.group ?? '');
  validatePreserve(errors, spec);
  return errors;
}

function validateStoredVersions(errors: Complaints, spec: Spec, stored: readonly string[]): void {
  const path = field.newPath('status', 'storedVersions');
  const versions: readonly Version[] = spec.versions ?? [];
  if (stored.length === 0) {
    errors.push(field.invalid(path, null, 'must have at least one stored version'));
    return;
  }
  const left = new Map(stored.map((name, i) => [name, i] as const));
  for (const { name, storage } of versions) {
    if (storage && !left.has(name)) errors.push(field.invalid(path, stored, `must have the storage version ${name}`));
    left.delete(name);
  }
  for (const [name, i] of left) {
    const why = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
    errors.push(field.invalid(path.index(i), name, why));
  }
}

const approval = 'api-approved.kubernetes.io';

function validateApproval(errors: Complaints, annotation: string, group: string): void {
  const isProtected = /(^|\.)(k8s|kubernetes)\.io$/.test(group);
  if (!isProtected || annotation.startsWith('unapproved') || /^[a-z][a-z0-9+.-]*:\/\/[^/?#]/i.test(annotation)) return;
  const path = field.newPath('metadata', 'annotations').key(approval);
  const rule = `protected groups must have approval annotation "${approval}"`;
  const see = ', see https://github.com/kubernetes/enhancements/pull/1111';
  const why = `${rule} with either a URL or a reason starting with "unapproved"${see}`;
  errors.push(annotation === '' ? field.required(path, rule + see) : field.invalid(path, annotation, why));
}

function validatePreserve(errors: Complaints, spec: Spec): void {
  if (!spec.preserveUnknownFields) return;
  const why = 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
  complain(errors, specPath, 'preserveUnknownFields', true, [why]);
}

/** Complaints about a change of a definition. */
export function validateCustomResourceDefinitionUpdate({ spec, status }: Definition, old: Definition): FieldError[] {
  const errors: Complaints = [];
  const schemaOf = (versions: readonly Version[], wanted: string) =>
    versions.find(({ name }) => name === wanted)?.schema;
  const unchanged = (spec.versions ?? [])
    .map(({ name }) => name)
    .filter((name) => deepEqual(schemaOf(spec.versions, name), schemaOf(old.spec.versions, name)));
  validateSpec(errors, spec, { unchanged: new Set(unchanged), old });
  const names = specPath.child('names');
  const established = (old.status?.conditions ?? []).some(
    ({ type, status }) => type === 'Established' && status === 'True',
  );
  if (established) {
    validateImmutable(errors, specPath, 'scope', spec, old.spec);
    validateImmutable(errors, names, 'kind', spec.names, old.spec.names);
  }
  validateImmutable(errors, specPath, 'group', spec, old.spec);
  validateImmutable(errors, names, 'plural', spec.names, old.spec.names);
  validateStoredVersions(errors, spec, status?.storedVersions ?? []);
  if (!old.spec.preserveUnknownFields) validatePreserve(errors, spec);
  return errors;
}

/** Types of the variables that admission gives to expressions. Upstream: apiserver/pkg/admission/plugin/cel/compile.go (v1.36) */
import {
  boolType,
  dynType,
  intType,
  listOf,
  mapOf,
  objectType,
  readType,
  stringType,
  timestampType,
  type CelType,
  type ObjectType,
} from './cel-type.ts';

const texts = mapOf(stringType, stringType);

const kindType = objectType('kubernetes.GroupVersionKind', {
  group: stringType,
  version: stringType,
  kind: stringType,
});
const resourceType = objectType('kubernetes.GroupVersionResource', {
  group: stringType,
  version: stringType,
  resource: stringType,
});
const userType = objectType('kubernetes.UserInfo', {
  username: stringType,
  uid: stringType,
  groups: listOf(stringType),
  extra: mapOf(stringType, listOf(stringType)),
});

export const requestType: ObjectType = objectType('kubernetes.AdmissionRequest', {
  kind: kindType,
  resource: resourceType,
  subResource: stringType,
  requestKind: kindType,
  requestResource: resourceType,
  requestSubResource: stringType,
  name: stringType,
  namespace: stringType,
  operation: stringType,
  userInfo: userType,
  dryRun: boolType,
  options: dynType,
});

export const namespaceType: ObjectType = objectType('kubernetes.Namespace', {
  metadata: objectType('kubernetes.NamespaceMetadata', {
    name: stringType,
    generateName: stringType,
    namespace: stringType,
    labels: texts,
    annotations: texts,
    UID: stringType,
    creationTimestamp: timestampType,
    deletionGracePeriodSeconds: intType,
    deletionTimestamp: timestampType,
    generation: intType,
    resourceVersion: stringType,
    finalizers: listOf(stringType),
  }),
  spec: objectType('kubernetes.NamespaceSpec', { finalizers: listOf(stringType) }),
  status: objectType('kubernetes.NamespaceStatus', { phase: stringType }),
});

/** What every expression of admission may name. */
export const admissionVariables: Readonly<Record<string, CelType>> = {
  object: dynType,
  oldObject: dynType,
  request: requestType,
  namespaceObject: namespaceType,
  authorizer: readType('kubernetes.authorization.Authorizer'),
  'authorizer.requestResource': readType('kubernetes.authorization.ResourceCheck'),
};

/** `Object`, `Object.spec` …: messages with any field. */
class AnyFields extends Map<string, CelType> {
  override get(): CelType {
    return dynType;
  }
}

const jsonPatchType = objectType('JSONPatch', {
  op: stringType,
  path: stringType,
  from: stringType,
  value: dynType,
});

/** Messages that mutations make. */
export function mutationStructType(name: string): ObjectType | undefined {
  if (name === 'JSONPatch') return jsonPatchType;
  if (name === 'Object' || name.startsWith('Object.')) return { kind: 'object', name, fields: new AnyFields() };
  return undefined;
}

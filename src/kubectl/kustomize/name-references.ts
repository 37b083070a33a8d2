import { isJsonObject } from '../../apimachinery/json-value.ts';
import type { Unstructured } from '../object.ts';
import { kindOf, nameOf, withValueAt } from '../object.ts';
import type { Resource } from './resource-map.ts';

/** Finds the present name of what had a kind and a name. */
type Rename = (kind: string, name: string) => string;

/** Fields that hold a name by themselves, and the kind they name. */
const plainFields: Readonly<Record<string, string>> = {
  claimName: 'PersistentVolumeClaim',
  serviceAccountName: 'ServiceAccount',
  storageClassName: 'StorageClass',
  priorityClassName: 'PriorityClass',
  ingressClassName: 'IngressClass',
  volumeName: 'PersistentVolume',
  secretName: 'Secret',
};
/** Objects with a field `name`, and the kind it names. */
const namedObjects: Readonly<Record<string, string>> = {
  configMap: 'ConfigMap',
  configMapRef: 'ConfigMap',
  configMapKeyRef: 'ConfigMap',
  secret: 'Secret',
  secretRef: 'Secret',
  secretKeyRef: 'Secret',
  service: 'Service',
};
/** Objects that say which kind they name. */
const typedObjects = ['roleRef', 'scaleTargetRef', 'dataSource'];

/**
 * Names in fields follow the objects they mean when those get other names.
 *
 * Upstream: kustomize/api/internal/konfig/builtinpluginconsts/namereference.go
 */
export function fixReferences(resources: readonly Resource[]): void {
  const renamed = new Map<string, string>();
  for (const { object, before } of resources) {
    const name = nameOf(object);
    for (const old of before) if (old.name !== name) renamed.set(`${kindOf(object).kind}/${old.name}`, name);
  }
  if (renamed.size === 0) return;
  const rename: Rename = (kind, name) => renamed.get(`${kind}/${name}`) ?? name;
  for (const resource of resources) resource.object = fixObject(resource.object, rename);
}

function fixObject(object: Unstructured, rename: Rename): Unstructured {
  let fixed = Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, key === 'metadata' ? value : fixValue(value, key, rename)]),
  ) as Unstructured;
  const spec = fixed['spec'];
  if (object.kind === 'StatefulSet' && isJsonObject(spec) && typeof spec['serviceName'] === 'string') {
    fixed = withValueAt(fixed, ['spec', 'serviceName'], rename('Service', spec['serviceName']));
  }
  return fixed;
}

function fixValue(value: unknown, key: string, rename: Rename): unknown {
  if (typeof value === 'string') {
    const kind = Object.hasOwn(plainFields, key) ? plainFields[key] : undefined;
    return kind === undefined ? value : rename(kind, value);
  }
  if (Array.isArray(value)) return value.map((item) => fixValue(item, key, rename));
  if (!isJsonObject(value)) return value;
  const named =
    (Object.hasOwn(namedObjects, key) ? namedObjects[key] : undefined) ??
    (key === 'imagePullSecrets' ? 'Secret' : undefined) ??
    (typedObjects.includes(key) || key === 'subjects' ? String(value['kind'] ?? '') : undefined);
  return Object.fromEntries(
    Object.entries(value).map(([field, member]) => [
      field,
      field === 'name' && named !== undefined && typeof member === 'string'
        ? rename(named, member)
        : fixValue(member, field, rename),
    ]),
  );
}

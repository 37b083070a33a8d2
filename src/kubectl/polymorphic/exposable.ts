import { compareStrings } from '../../apimachinery/go-format.ts';
import { KubectlError } from '../errors.ts';
import { arrayAt, kindOf, metaOf, type Unstructured, valueAt } from '../object.ts';
import type { RestMapping } from '../rest/discovery.ts';

const exposable = ['ReplicationController', 'Service', 'Pod', 'Deployment.apps', 'ReplicaSet.apps'];

/** Upstream: kubectl/pkg/polymorphichelpers/canbeexposed.go (v1.36). @throws KubectlError */
export function checkCanBeExposed({ kind, group }: RestMapping): void {
  const name = group === '' ? kind : `${kind}.${group}`;
  if (!exposable.includes(name)) throw new KubectlError(`cannot expose a ${name}`);
}

/** `a=b,c=d`, in order of keys. */
export const makeLabels = (labels: Readonly<Record<string, string>>): string =>
  Object.keys(labels)
    .sort(compareStrings)
    .map((key) => `${key}=${labels[key] ?? ''}`)
    .join(',');

/** The pods an object stands for, as `key=value` pairs. Upstream: mapbasedselectorforobject.go (v1.36). @throws KubectlError */
export function mapBasedSelector(object: Unstructured): string {
  const { kind } = kindOf(object);
  const labels = (value: unknown) => (value ?? {}) as Readonly<Record<string, string>>;
  const nonEmpty = (map: Readonly<Record<string, string>>, complaint: string) => {
    if (Object.keys(map).length === 0) throw new KubectlError(complaint);
    return makeLabels(map);
  };
  switch (kind) {
    case 'Pod':
      return nonEmpty(labels(metaOf(object).labels), 'the pod has no labels and cannot be exposed');
    case 'Service':
      return nonEmpty(labels(valueAt(object, 'spec', 'selector')), 'the service has no pod selector set');
    case 'ReplicationController':
      return makeLabels(labels(valueAt(object, 'spec', 'selector')));
    default: {
      const word = kind === 'Deployment' ? 'deployment' : 'replicaset';
      if (valueAt(object, 'spec', 'selector') === undefined) {
        throw new KubectlError(`invalid ${word}: no selectors, therefore cannot be exposed`);
      }
      const expressions = arrayAt(object, 'spec', 'selector', 'matchExpressions');
      if (expressions.length > 0) {
        const shown = expressions
          .map(
            ({ key, operator, values }) =>
              `{Key:${String(key)} Operator:${String(operator)} Values:[${((values ?? []) as string[]).join(' ')}]}`,
          )
          .join(' ');
        throw new KubectlError(`couldn't convert expressions - "[${shown}]" to map-based selector format`);
      }
      return makeLabels(labels(valueAt(object, 'spec', 'selector', 'matchLabels')));
    }
  }
}

interface Port {
  readonly port: string;
  readonly protocol: string;
}

/** The ports an object listens on. */
export function portsOf(object: Unstructured): readonly Port[] {
  const { kind } = kindOf(object);
  if (kind === 'Service') {
    return arrayAt(object, 'spec', 'ports').map(({ port, protocol }) => ({
      port: String(port),
      protocol: String(protocol ?? 'TCP'),
    }));
  }
  const spec = kind === 'Pod' ? valueAt(object, 'spec') : valueAt(object, 'spec', 'template', 'spec');
  return arrayAt(spec, 'containers').flatMap((container) =>
    arrayAt(container, 'ports').map(({ containerPort, protocol }) => ({
      port: String(containerPort),
      protocol: String(protocol || 'TCP'),
    })),
  );
}

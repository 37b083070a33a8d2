/** Pods carry the zone and the region of their node. Upstream: plugin/pkg/admission/podtopologylabels (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts';

const copied = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];

export function podTopologyLabels(objects: ObjectReader): AdmissionPlugin {
  return {
    name: 'PodTopologyLabels',
    handles: ({ verb, definition, subresource }) =>
      verb === 'CREATE' &&
      definition.resource === 'pods' &&
      definition.group === '' &&
      (subresource === '' || subresource === 'binding'),
    admit(attributes) {
      const name = nodeNameOf(attributes);
      if (name === '') return;
      const labels = objects.get<corev1.Node>('', 'nodes', '', name)?.metadata.labels ?? {};
      const found = copied.filter((key) => labels[key] !== undefined);
      if (found.length === 0 || !attributes.object) return;
      const { metadata } = attributes.object;
      const own = metadata['labels'] as Record<string, string> | undefined;
      metadata['labels'] = { ...own, ...Object.fromEntries(found.map((key) => [key, labels[key]])) };
    },
  };
}

function nodeNameOf({ object, subresource }: AdmissionAttributes): string {
  if (subresource === '') return (object as unknown as corev1.Pod).spec?.nodeName ?? '';
  const { target } = object as unknown as corev1.Binding;
  return target?.kind === 'Node' || target?.kind === undefined ? (target?.name ?? '') : '';
}

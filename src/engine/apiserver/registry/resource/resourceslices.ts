import type * as resourcev1 from '../../../../api/resource/v1.ts';
import { resourceSlices } from '../../../../api/resources.ts';
import type { Draft } from '../draft.ts';
import { resourceSliceColumns } from '../tables/cluster.ts';
import { defineResource } from '../resource-definition.ts';
import type { StrategyContext } from '../strategy-context.ts';
import { resourceSliceWarnings, validateResourceSlice } from './validation/resource-slice.ts';

type Device = Draft<resourcev1.Device>;

function withoutLists(attributes: NonNullable<Device['attributes']>): NonNullable<Device['attributes']> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => {
      const { ints: _, bools: __, strings: ___, versions: ____, ...rest } = attribute;
      return [name, rest];
    }),
  );
}

/** Fields of features that are off: lists as attributes, node allocatable resources. Upstream: dropDisabledFields */
function dropDisabledFields({ nodeAllocatableResourceMappings: _, ...device }: Device): Device {
  return device.attributes ? { ...device, attributes: withoutLists(device.attributes) } : device;
}

/** Upstream: pkg/apis/resource/v1/defaults.go SetDefaults_DeviceTaint (v1.36) */
function datedTaints(device: Device, now: string): Device {
  const taints = device.taints?.map((taint) => ({ ...taint, timeAdded: taint.timeAdded ?? now }));
  return taints ? { ...device, taints } : device;
}

function prepare(draft: Draft<resourcev1.ResourceSlice>, { now }: StrategyContext): void {
  const { devices } = draft.spec;
  if (!devices) return;
  draft.spec = { ...draft.spec, devices: devices.map((device) => datedTaints(dropDisabledFields(device), now)) };
}

export const resourceSlicesDefinition = defineResource(resourceSlices, {
  columns: resourceSliceColumns,
  strategy: {
    returnsDeletedObject: true,
    prepareForCreate: prepare,
    prepareForUpdate: (draft, _, context) => prepare(draft, context),
    validate: (object) => validateResourceSlice(object),
    validateUpdate: validateResourceSlice,
    warnings: resourceSliceWarnings,
    selectableFieldNames: ['spec.nodeName', 'spec.driver'],
    selectableFields: ({ spec }) => ({ 'spec.nodeName': spec.nodeName ?? '', 'spec.driver': spec.driver }),
    unknownField: (name) => `field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: ${name}`,
  },
});

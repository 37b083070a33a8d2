/** Rules of resource slices. Upstream: pkg/apis/resource/validation/validation.go validateResourceSliceSpec (v1.36) */
import { goListOf } from '../../../../../api/go-value.ts';
import type * as resourcev1 from '../../../../../api/resource/v1.ts';
import { semanticDeepEqual } from '../../../../../apimachinery/deep-equal.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { isDNS1123Subdomain } from '../../../../../apimachinery/validation.ts';
import { validateImmutable } from '../../apps/validation/field-rules.ts';
import { type Complaints, complain } from '../../core/validation/complaints.ts';
import { validateNodeSelector } from '../../core/validation/node-selector.ts';
import { validateCounters } from './counters.ts';
import { validateDevice } from './device.ts';
import { validateDriverName, validateLabel, validatePoolName, validateSet } from './field-rules.ts';

type Slice = resourcev1.ResourceSlice;
type Spec = resourcev1.ResourceSliceSpec;

const specPath = field.newPath('spec');
const maxDevices = 128;
const maxDevicesWithAdvancedFeatures = 64;
const maxCounterSets = 8;
const placements = '`nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection`';

function validatePool(errors: Complaints, path: Path, pool: resourcev1.ResourcePool | undefined): void {
  const { name, generation = 0, resourceSliceCount = 0 } = pool ?? ({} as Partial<resourcev1.ResourcePool>);
  validatePoolName(errors, path.child('name'), name);
  if (resourceSliceCount <= 0) {
    complain(errors, path, 'resourceSliceCount', resourceSliceCount, ['must be greater than zero']);
  }
  if (generation < 0) complain(errors, path, 'generation', generation, ['must be greater than or equal to zero']);
}

/** Gives which of the fields that say where the devices are is set. */
function validatePlacement(errors: Complaints, spec: Spec): string[] {
  const { nodeName, nodeSelector, allNodes, perDeviceNodeSelection } = spec;
  const set: string[] = [];
  if (nodeName === '') {
    complain(errors, specPath, 'nodeName', nodeName, ['must be either unset or set to a non-empty string']);
  } else if (nodeName !== undefined) {
    set.push('`nodeName`');
    complain(errors, specPath, 'nodeName', nodeName, isDNS1123Subdomain(nodeName));
  }
  if (nodeSelector) {
    set.push('`nodeSelector`');
    const path = specPath.child('nodeSelector');
    validateNodeSelector(errors, path, nodeSelector);
    const terms = nodeSelector.nodeSelectorTerms;
    if (terms?.length !== 1) {
      const value = goListOf('core/v1.NodeSelectorTerm', terms ?? undefined);
      errors.push(field.invalid(path.child('nodeSelectorTerms'), value, 'must have exactly one node selector term'));
    }
  }
  const flags = { allNodes, perDeviceNodeSelection };
  for (const name of ['allNodes', 'perDeviceNodeSelection'] as const) {
    if (flags[name]) set.push(`\`${name}\``);
    else if (flags[name] === false) {
      complain(errors, specPath, name, false, ['must be either unset or set to true']);
    }
  }
  return set;
}

function hasAdvancedFeatures({ devices = [] }: Spec): boolean {
  return devices.some(({ taints = [], consumesCounters = [] }) => taints.length > 0 || consumesCounters.length > 0);
}

function validateCounterSet(errors: Complaints, path: Path, { name, counters }: resourcev1.CounterSet): void {
  if (name) validateLabel(errors, path.child('name'), name);
  else errors.push(field.required(path.child('name')));
  validateCounters(errors, path.child('counters'), counters);
}

/** Complaints about a slice, given what it was. */
export function validateResourceSlice({ spec }: Slice, old?: Slice): FieldError[] {
  const errors: Complaints = [];
  validateDriverName(errors, specPath.child('driver'), spec.driver);
  validatePool(errors, specPath.child('pool'), spec.pool);
  if (old) {
    validateImmutable(errors, specPath.child('pool'), 'name', spec.pool, old.spec.pool);
    validateImmutable(errors, specPath, 'driver', spec, old.spec);
    validateImmutable(errors, specPath, 'nodeName', spec, old.spec);
  }
  const set = validatePlacement(errors, spec);
  const rule = `exactly one of ${placements} is required`;
  if (set.length === 0) errors.push(field.required(specPath, rule));
  if (set.length > 1) {
    errors.push(field.invalid(specPath, `{${set.join(', ')}}`, `${rule}, but multiple fields are set`));
  }
  if (spec.sharedCounters && spec.devices) {
    errors.push(field.invalid(specPath, '', 'only one of `sharedCounters` or `devices` is allowed'));
  }
  validateDevices(errors, spec, old?.spec);
  validateSet(errors, specPath.child('sharedCounters'), spec.sharedCounters, {
    maxSize: maxCounterSets,
    rule: (counterSet, at) => validateCounterSet(errors, at, counterSet),
    key: ({ name }) => name ?? '',
  });
  return errors;
}

function validateDevices(errors: Complaints, spec: Spec, old: Spec | undefined): void {
  validateSet(errors, specPath.child('devices'), spec.devices, {
    maxSize: hasAdvancedFeatures(spec) ? maxDevicesWithAdvancedFeatures : maxDevices,
    rule: (device, at) => {
      const before = old?.devices?.find(({ name }) => name === device.name);
      const sameTaints = before !== undefined && semanticDeepEqual(before.taints, device.taints);
      validateDevice(errors, at, device, { sameTaints, placed: spec.perDeviceNodeSelection === true });
    },
    key: ({ name }) => name ?? '',
  });
}

/** Upstream: pkg/registry/resource/resourceslice/strategy.go WarningsOnCreate (v1.36) */
export function resourceSliceWarnings({ spec: { driver = '' } }: Slice): string[] {
  if (driver === driver.toLowerCase()) return [];
  return [`spec.driver: driver names should be lowercase; ${JSON.stringify(driver)} contains uppercase characters`];
}

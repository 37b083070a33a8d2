import { describe, expect, it } from 'vitest';
import type * as resourcev1 from '../../../../../api/resource/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import { validateResourceClaimStatusUpdate } from './claim-status.ts';
import { validateSelectors } from './device-selector.ts';
import { truncateIfTooLong, validateQualifiedName, validateUID } from './field-rules.ts';
import { validateDeviceClass, validateResourceClaim, validateResourceClaimUpdate } from './resource-claim.ts';
import { validateResourceSlice } from './resource-slice.ts';

type Request = resourcev1.DeviceRequest;

const texts = (errors: readonly field.FieldError[]): string[] => errors.map(field.errorText);
const exactly = { deviceClassName: 'gpu', allocationMode: 'ExactCount' as const, count: 1 };
const claim = (devices: resourcev1.DeviceClaim): resourcev1.ResourceClaim => ({ metadata: {}, spec: { devices } });
const label =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const noRequest =
  "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

describe('claims', () => {
  it.each([
    ['fine', { requests: [{ name: 'a', exactly }] }, []],
    [
      'both kinds of request',
      { requests: [{ name: 'a', exactly, firstAvailable: [{ ...exactly, name: 'b' }] }] },
      [
        'spec.devices.requests[0]: Invalid value: null: exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set',
      ],
    ],
    [
      'no kind of request',
      { requests: [{ name: 'a' }] },
      ['spec.devices.requests[0]: Required value: exactly one of `exactly` or `firstAvailable` is required'],
    ],
    [
      'a count of all',
      { requests: [{ name: 'a', exactly: { ...exactly, allocationMode: 'All' } }] },
      ["spec.devices.requests[0].exactly.count: Invalid value: 1: must not be specified when allocationMode is 'All'"],
    ],
    [
      'another mode',
      { requests: [{ name: 'a', exactly: { ...exactly, allocationMode: 'Some' as never } }] },
      [
        'spec.devices.requests[0].exactly.allocationMode: Unsupported value: "Some": supported values: "All", "ExactCount"',
      ],
    ],
    [
      'names twice, alternatives twice',
      {
        requests: [
          { name: 'a', exactly },
          {
            name: 'a',
            firstAvailable: [
              { ...exactly, name: 'b' },
              { ...exactly, name: 'b' },
            ],
          },
        ],
      },
      [
        'spec.devices.requests[1].firstAvailable[1]: Duplicate value: "b"',
        'spec.devices.requests[1]: Duplicate value: "a"',
      ],
    ],
    [
      'too many',
      { requests: Array.from({ length: 33 }, (_, i): Request => ({ name: `r${i}`, exactly })) },
      ['spec.devices.requests: Too many: 33: must have at most 32 items'],
    ],
    [
      'constraints',
      {
        requests: [{ name: 'a', firstAvailable: [{ ...exactly, name: 'b' }] }],
        constraints: [
          { requests: ['a/b', 'a/c', 'a/b/c'], matchAttribute: 'x' },
          { requests: ['a'], distinctAttribute: 'd.example.com/x' },
          {},
        ],
      },
      [
        `spec.devices.constraints[0].requests[1]: Invalid value: "a/c": ${noRequest}`,
        `spec.devices.constraints[0].requests[2]: Invalid value: "a/b/c": ${noRequest}`,
        'spec.devices.constraints[0].matchAttribute: Invalid value: "x": a fully qualified name must be a domain and a name separated by a slash',
        'spec.devices.constraints[2]: Required value: exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set',
      ],
    ],
    [
      'configurations',
      {
        requests: [{ name: 'a', exactly }],
        config: [{}, { opaque: { driver: 'd', parameters: 'x' } }, { opaque: { driver: '', parameters: {} } }],
      },
      [
        'spec.devices.config[0].opaque: Required value',
        'spec.devices.config[1].opaque.parameters: Invalid value: "<value omitted>": must be a valid JSON object',
        'spec.devices.config[2].opaque.driver: Required value',
      ],
    ],
    [
      'tolerations',
      {
        requests: [
          {
            name: 'A',
            exactly: {
              ...exactly,
              tolerations: [
                { operator: 'Exists', value: 'x' },
                { operator: 'Never' as never, effect: 'E' as never },
              ],
            },
          },
        ],
      },
      [
        `spec.devices.requests[0].name: Invalid value: "A": ${label}`,
        'spec.devices.requests[0].exactly.tolerations[0].value: Invalid value: "x": must be empty for operator `Exists`',
        'spec.devices.requests[0].exactly.tolerations[1].operator: Unsupported value: "Never": supported values: "Equal", "Exists"',
        'spec.devices.requests[0].exactly.tolerations[1].effect: Unsupported value: "E": supported values: "NoExecute", "NoSchedule", "None"',
      ],
    ],
  ] as readonly [string, resourcev1.DeviceClaim, string[]][])('%s', (_, devices, expected) => {
    expect(texts(validateResourceClaim(claim(devices)))).toEqual(expected);
  });

  it('keep their spec', () => {
    const before = claim({ requests: [{ name: 'a', exactly }] });
    expect(validateResourceClaimUpdate(before, before)).toEqual([]);
    expect(texts(validateResourceClaimUpdate(claim({}), before))).toEqual([
      'spec: Invalid value: {"Devices":{"Requests":null,"Constraints":null,"Config":null}}: field is immutable',
    ]);
  });
});

describe('selectors', () => {
  const heavy = '["a","b","c"].all(x, ["a","b","c"].all(y, device.attributes["d"].s.matches(x + y)))';
  it.each([
    ['device.driver == "d"', undefined],
    ['device.attributes["d"].flag', undefined],
    ['device.capacity["d"].memory.isGreaterThan(quantity("1Gi"))', undefined],
    ['cel.bind(d, device.attributes["d"], d.a && d.b)', undefined],
    ['device.allowMultipleAllocations', undefined],
    [heavy, undefined],
    ['device.driver', 'Invalid value: "device.driver": must evaluate to bool or the unknown type, not string'],
    ['dyn(true)', 'Invalid value: "dyn(true)": must evaluate to bool or the unknown type, not dyn'],
    ['device.nothing', "compilation failed: ERROR: <input>:1:7: undefined field 'nothing'"],
    ['device.attributes["d"].s.all(x, x)', "expression of type 'any' cannot be range of a comprehension"],
    ['cel.bind(a.b, 1, true)', 'cel.bind() variable names must be simple identifiers'],
    [
      `device.attributes.all(a, device.attributes.all(b, device.attributes.all(c, device.attributes.all(d, a == b && c == d))))`,
      'Forbidden: too complex, exceeds cost limit',
    ],
    [`"${'x'.repeat(10_240)}" == ""`, 'Too long: may not be more than 10240 bytes'],
  ])('%s', (expression, complaint) => {
    const errors: field.FieldError[] = [];
    validateSelectors(errors, field.newPath('selectors'), [{ cel: { expression } }]);
    if (complaint === undefined) expect(texts(errors)).toEqual([]);
    else expect(texts(errors).join()).toContain(complaint);
  });

  it('must be there', () => {
    const errors: field.FieldError[] = [];
    validateSelectors(errors, field.newPath('selectors'), [{}]);
    expect(texts(errors)).toEqual(['selectors[0].cel: Required value']);
  });
});

describe('status', () => {
  const result = { request: 'a', driver: 'd.example.com', pool: 'p', device: 'x' };
  const before = claim({ requests: [{ name: 'a', exactly }] });
  const consumer = { resource: 'pods', name: 'p', uid: 'u' };
  const device = { driver: 'd.example.com', pool: 'p', device: 'x' };
  it.each([
    ['fine', { allocation: { devices: { results: [result] } }, reservedFor: [consumer], devices: [device] }, []],
    [
      'reserved without allocation',
      { reservedFor: [consumer] },
      ['status.reservedFor: Forbidden: may not be specified when `allocated` is not set'],
    ],
    [
      'of devices that are not allocated, told twice',
      { devices: [device, device] },
      [0, 1]
        .map(
          (i) =>
            `status.devices[${i}]: Invalid value: {"Driver":"d.example.com","Pool":"p","Device":"x","ShareID":""}: must be an allocated device in the claim`,
        )
        .concat('status.devices[1]: Duplicate value: {"Driver":"d.example.com","Pool":"p","Device":"x","ShareID":""}'),
    ],
    [
      'of addresses',
      {
        allocation: { devices: { results: [result] } },
        devices: [
          { ...device, networkData: { ips: ['10.0.0.1', '010.0.0.1/24', '::ffff:10.0.0.1/120', 'fd00::1/64'] } },
        ],
      },
      [
        'status.devices[0].networkData.ips[0]: Invalid value: "10.0.0.1": must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)',
        'status.devices[0].networkData.ips[1]: Invalid value: "010.0.0.1/24": must be in canonical form ("10.0.0.1/24")',
        'status.devices[0].networkData.ips[2]: Invalid value: "::ffff:10.0.0.1/120": must be in canonical form ("10.0.0.1/24")',
      ],
    ],
    [
      'of conditions that bind',
      { allocation: { devices: { results: [{ ...result, bindingConditions: ['a', 'a'] }] } } },
      [
        'status.allocation.devices.results[0].bindingConditions[1]: Duplicate value: "a"',
        'status.allocation.devices.results[0].bindingFailureConditions: Invalid value: null: bindingFailureConditions are required to use bindingConditions',
      ],
    ],
  ] as readonly [string, resourcev1.ResourceClaimStatus, string[]][])('%s', (_, status, expected) => {
    expect(texts(validateResourceClaimStatusUpdate({ ...before, status }, before))).toEqual(expected);
  });
});

describe('slices', () => {
  const pool = { name: 'p', generation: 1, resourceSliceCount: 1 };
  const slice = (spec: Partial<resourcev1.ResourceSliceSpec>): resourcev1.ResourceSlice => ({
    metadata: {},
    spec: { driver: 'd', pool, nodeName: 'n', ...spec },
  });
  const device = (more: Partial<resourcev1.Device>) => slice({ devices: [{ name: 'x', ...more }] });
  const policy = (requestPolicy: resourcev1.CapacityRequestPolicy) =>
    device({ allowMultipleAllocations: true, capacity: { mem: { value: '10Gi', requestPolicy } } });
  const at = 'spec.devices[0].capacity[mem].requestPolicy';
  it.each([
    ['fine', slice({}), []],
    [
      'two places',
      slice({ allNodes: true }),
      [
        'spec: Invalid value: "{`nodeName`, `allNodes`}": exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required, but multiple fields are set',
      ],
    ],
    [
      'attributes',
      device({ attributes: { 'a b': { bool: true }, two: { bool: true, int: 1 }, v: { version: '1.0' } } }),
      [
        "spec.devices[0].attributes: Invalid value: \"a b\": a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')",
        'spec.devices[0].attributes[two]: Invalid value: {"IntValue":1,"BoolValue":true,"StringValue":null,"VersionValue":null,"IntValues":null,"BoolValues":null,"StringValues":null,"VersionValues":null}: exactly one value must be specified',
        'spec.devices[0].attributes[v].version: Invalid value: "1.0": must be a string compatible with semver.org spec 2.0.0',
      ],
    ],
    [
      'a policy without sharing',
      device({ capacity: { mem: { value: '1', requestPolicy: {} } } }),
      [`${at}: Forbidden: allowMultipleAllocations must be true`],
    ],
    [
      'values of a policy',
      policy({ default: '3Gi', validValues: ['2Gi', '1Gi', '20Gi'] }),
      [
        `${at}.validValues[1]: Invalid value: "1Gi": values must be sorted in ascending order`,
        `${at}.validValues[2]: Invalid value: "20Gi": option is larger than capacity value: 10Gi`,
        `${at}.validValues: Invalid value: "3Gi": default value is not valid according to the requestPolicy`,
      ],
    ],
    [
      'a range of a policy',
      policy({ default: '1Gi', validRange: { min: '2Gi', max: '11Gi', step: '3Gi' } }),
      [
        `${at}.validRange.min: Invalid value: "1Gi": default is less than min: 2Gi`,
        `${at}.validRange.max: Invalid value: "11Gi": max is larger than capacity value: 10Gi`,
        `${at}.validRange.step: Invalid value: "1Gi": value is not a multiple of a given step (3Gi) from (2Gi)`,
      ],
    ],
    [
      'a policy without default',
      policy({ validRange: { min: '1' } }),
      [`${at}.default: Required value: required when validRange is defined`],
    ],
    [
      'places of devices',
      device({ nodeName: 'n' }),
      [
        'spec.devices[0]: Invalid value: null: `nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec',
      ],
    ],
    [
      'counters',
      slice({ sharedCounters: [{ name: '', counters: {} }] }),
      ['spec.sharedCounters[0].name: Required value', 'spec.sharedCounters[0].counters: Required value'],
    ],
    [
      'too many devices with taints',
      slice({
        devices: Array.from({ length: 65 }, (_, i) => ({
          name: `d${i}`,
          taints: [{ key: 'k', effect: 'NoSchedule' as const }],
        })),
      }),
      ['spec.devices: Too many: 65: must have at most 64 items'],
    ],
  ] as readonly [string, resourcev1.ResourceSlice, string[]][])('%s', (_, object, expected) => {
    expect(texts(validateResourceSlice(object))).toEqual(expected);
  });

  it('keep pool, driver and node', () => {
    const changed = slice({ driver: 'e', nodeName: 'm', pool: { ...pool, name: 'q' } });
    expect(texts(validateResourceSlice(changed, slice({})))).toEqual([
      'spec.pool.name: Invalid value: "q": field is immutable',
      'spec.driver: Invalid value: "e": field is immutable',
      'spec.nodeName: Invalid value: "m": field is immutable',
    ]);
  });
});

it('classes', () => {
  const spec = { extendedResourceName: 'cpu', config: [{ opaque: { driver: 'd', parameters: null } }] };
  expect(texts(validateDeviceClass({ metadata: {}, spec }))).toEqual([
    'spec.config[0].opaque.parameters: Required value',
    'spec.extendedResourceName: Invalid value: "cpu": must be a valid extended resource name',
  ]);
});

describe('small rules', () => {
  const complaints = (rule: (errors: field.FieldError[], path: field.Path, value: string) => void, value: string) => {
    const errors: field.FieldError[] = [];
    rule(errors, field.newPath('f'), value);
    return texts(errors);
  };

  it.each([
    ['12345678-1234-1234-1234-123456789abc', []],
    ['x', ['f: Invalid value: "x": error validating uid: invalid UUID length: 1']],
    [
      '12345678-1234-1234-1234-123456789ABC',
      [
        'f: Invalid value: "12345678-1234-1234-1234-123456789ABC": uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters',
      ],
    ],
  ])('uid %s', (uid, expected) => {
    expect(complaints(validateUID, uid)).toEqual(expected);
  });

  it.each([
    ['a', []],
    ['d.example.com/a', []],
    ['a/b/c', []],
    ['/a', ['f: Invalid value: "": the domain must not be empty']],
    ['d/', ['f: Invalid value: "": the name must not be empty']],
  ])('name %s', (name, expected) => {
    expect(complaints(validateQualifiedName, name)).toEqual(expected);
  });

  it('shortens in the middle', () => {
    expect(truncateIfTooLong('abcdefghijklmnopqrstuvwxyz', 16)).toBe('abcdefg...uvwxyz');
  });
});

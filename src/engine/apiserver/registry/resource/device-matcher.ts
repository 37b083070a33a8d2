import type * as resourcev1 from '../../../../api/resource/v1.ts';
import { stringType } from '../../cel/cel-type.ts';
import { Meter } from '../../cel/cost/meter.ts';
import { compile } from '../../cel/environment.ts';
import { CelObject, type CelValue } from '../../cel/values.ts';
import { celSelectorExpressionMaxCost, deviceSelectorEnvironment } from './validation/device-selector.ts';

/** Attributes by domain: one that the device does not have has no members. */
class Domains extends Map<CelValue, CelValue> {
  override get(key: CelValue): CelValue {
    return super.get(key) ?? noMembers;
  }
}
const noMembers: CelValue = new Map();

/** A function of one text: `quantity`, `semver`. */
function converter(name: string): (text: string) => CelValue {
  const program = compile(`${name}(text)`, { variables: { text: stringType } });
  return (text) => program.evaluate({ get: (variable) => (variable === 'text' ? text : undefined) });
}

/** @throws Error */
function attributeValue(
  { int, bool, string, version }: resourcev1.DeviceAttribute,
  semver: (text: string) => CelValue,
): CelValue {
  if (int !== undefined) return BigInt(int);
  if (bool !== undefined) return bool;
  if (string !== undefined) return string;
  if (version !== undefined) return semver(version);
  throw new Error('unsupported attribute value');
}

/** `domain/id` by domain and id; what names no domain is the driver's. */
function byDomain<T>(
  members: Readonly<Record<string, T>> | undefined,
  driver: string,
  valueOf: (member: T) => CelValue,
): CelValue {
  const domains = new Domains();
  for (const [name, member] of Object.entries(members ?? {})) {
    const slash = name.indexOf('/');
    const domain = slash < 0 ? driver : name.slice(0, slash);
    if (!domains.has(domain)) domains.set(domain, new Map());
    (domains.get(domain) as Map<CelValue, CelValue>).set(name.slice(slash + 1), valueOf(member));
  }
  return domains;
}

/**
 * Makes a function of a device selector's expression: whether a driver's device is meant. It throws when evaluating fails.
 *
 * Upstream: dynamic-resource-allocation/cel/compile.go DeviceMatches (v1.36). @throws CelCompileError, CelInstantiationError
 */
export function compileDeviceSelector(expression: string): (driver: string, device: resourcev1.Device) => boolean {
  const program = compile(expression, deviceSelectorEnvironment);
  const semver = converter('semver');
  const quantity = converter('quantity');
  return (driver, { attributes, capacity, allowMultipleAllocations = false }) => {
    const device = new CelObject([
      ['driver', driver],
      ['allowMultipleAllocations', allowMultipleAllocations],
      ['attributes', byDomain(attributes, driver, (attribute) => attributeValue(attribute, semver))],
      ['capacity', byDomain(capacity, driver, ({ value }) => quantity(String(value)))],
    ]);
    const activation = { get: (name: string): CelValue | undefined => (name === 'device' ? device : undefined) };
    const result = program.evaluate(activation, new Meter(celSelectorExpressionMaxCost));
    if (typeof result !== 'boolean')
      throw new Error(`CEL result of type ${typeof result} could not be converted to bool`);
    return result;
  };
}

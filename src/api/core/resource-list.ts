/** Amounts of named resources. Upstream: apiserver/pkg/quota/v1/resources.go (v1.36) */
import { newQuantity, parseQuantity, type Quantity } from '../../apimachinery/quantity.ts';

export type ResourceList = ReadonlyMap<string, Quantity>;

export const one = newQuantity(1, 'DecimalSI');
export const zero = newQuantity(0, 'DecimalSI');

export function parseResourceList(amounts: Readonly<Record<string, string>> | undefined): ResourceList {
  return new Map(Object.entries(amounts ?? {}).map(([name, amount]) => [name, parseQuantity(amount)]));
}

/** As objects have it, in order of names. */
export function formatResourceList(list: ResourceList): Record<string, string> {
  const names = [...list.keys()].sort();
  return Object.fromEntries(names.map((name) => [name, String(list.get(name))]));
}

export function addResources(a: ResourceList, b: ResourceList): ResourceList {
  const sum = new Map(a);
  for (const [name, amount] of b) {
    const have = sum.get(name);
    sum.set(name, have ? have.add(amount) : amount);
  }
  return sum;
}

/** The greater amount of each name. */
export function maxResources(a: ResourceList, b: ResourceList): ResourceList {
  const most = new Map(a);
  for (const [name, amount] of b) {
    const have = most.get(name);
    if (!have || amount.cmp(have) > 0) most.set(name, amount);
  }
  return most;
}

/** What is missing in one of the lists counts as nothing. */
export function subtractResources(a: ResourceList, b: ResourceList): ResourceList {
  const rest = new Map(a);
  for (const [name, amount] of b) {
    const have = rest.get(name);
    rest.set(name, have ? have.sub(amount) : amount.neg());
  }
  return rest;
}

/** The part of these names. */
export function maskResources(list: ResourceList, names: Iterable<string>): ResourceList {
  const wanted = new Set(names);
  return new Map([...list].filter(([name]) => wanted.has(name)));
}

export function equalResources(a: ResourceList, b: ResourceList): boolean {
  return a.size === b.size && [...a].every(([name, amount]) => b.get(name)?.equals(amount) ?? false);
}

/** Names of which there is more in the first than in the second. */
export function exceeding(a: ResourceList, b: ResourceList): string[] {
  return [...b].filter(([name, amount]) => (a.get(name)?.cmp(amount) ?? 0) > 0).map(([name]) => name);
}

/** An object of JSON, by the user's own keys. Never changed. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** An object being built. */
export type MutableJsonObject = Record<string, unknown>;

/** Whether a value is a JSON object: neither list, nor null, nor scalar. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sets a member, also one called `__proto__`. */
export function setMember(target: MutableJsonObject, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}

/** A member, or undefined when the object itself has none of that name. */
export function getMember(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Whether the object itself has the member; one that is `undefined` counts as absent. */
export function hasMember(object: JsonObject, key: string): boolean {
  return Object.hasOwn(object, key) && object[key] !== undefined;
}

/** A copy of a JSON value whose objects have their members in the order of names. */
export function sortMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortMembers);
  if (!isJsonObject(value)) return value;
  const out: MutableJsonObject = {};
  for (const key of Object.keys(value).sort()) setMember(out, key, sortMembers(value[key]));
  return out;
}

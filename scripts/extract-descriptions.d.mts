/** Class name of the client → field name (empty: the type itself) → description. */
export function extractDescriptions(): Record<string, Record<string, string>>;

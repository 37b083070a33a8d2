import { KubectlError } from './errors.ts';

/** Splits arguments into resources and `key=value` or `key-` changes. Upstream: cmdutil.GetResourcesAndPairs (v1.36). @throws KubectlError */
export function resourcesAndPairs(
  args: readonly string[],
  pairType: string,
): { readonly resources: readonly string[]; readonly pairs: readonly string[] } {
  const isPair = (text: string) =>
    (text.includes('=') && !text.startsWith('=')) || (text.endsWith('-') && text !== '-');
  const at = args.findIndex(isPair);
  if (at < 0) return { resources: args, pairs: [] };
  const pairs = args.slice(at);
  const late = pairs.find((text) => !isPair(text));
  if (late !== undefined) throw new KubectlError(`all resources must be specified before ${pairType} changes: ${late}`);
  return { resources: args.slice(0, at), pairs };
}

/** Values to set and keys to remove. Upstream: cmdutil.ParsePairs (v1.36). @throws KubectlError */
export function parsePairs(
  args: readonly string[],
  pairType: string,
  supportRemove: boolean,
): { readonly set: ReadonlyMap<string, string>; readonly remove: readonly string[] } {
  const set = new Map<string, string>();
  const remove: string[] = [];
  const invalid: string[] = [];
  for (const text of args) {
    const equals = text.indexOf('=');
    if (equals > 0) set.set(text.slice(0, equals), text.slice(equals + 1));
    else if (supportRemove && text.endsWith('-') && text !== '-') remove.push(text.slice(0, -1));
    else invalid.push(text);
  }
  if (invalid.length > 0) throw new KubectlError(`invalid ${pairType} format: ${invalid.join(', ')}`);
  return { set, remove };
}

/** `a=b,c=d`. Upstream: generate.ParseLabels (v1.36). @throws KubectlError */
export function parseLabelPairs(text: string): Record<string, string> {
  if (text === '') throw new KubectlError('no label spec passed');
  const out: Record<string, string> = {};
  for (const pair of text.split(',')) {
    const parts = pair.split('=');
    if (parts.length !== 2) throw new KubectlError(`unexpected label spec: ${pair}`);
    const [key = '', value = ''] = parts;
    if (key === '') throw new KubectlError('unexpected empty label key');
    out[key] = value;
  }
  return out;
}

import { keyPositions } from './go-json-reader.ts';

const complaint = /^(unknown|duplicate) field "(.*)"$/s;

/**
 * Complaints about the keys of a typed object in the order in which one pass over its text finds them: an unknown key where
 * it first stands, a doubled one where it stands again. Keys within what is unknown are not looked at.
 * Upstream: sigs.k8s.io/json UnmarshalStrict (v1.36)
 */
export function sortStrictErrors(text: string, complaints: readonly string[]): readonly string[] {
  const parsed = complaints.map((whole) => {
    const [, sort = '', quoted = ''] = complaint.exec(whole) ?? [];
    return { whole, sort, path: unquoted(quoted) };
  });
  const unknown = parsed.filter(({ sort }) => sort === 'unknown').map(({ path }) => path);
  if (unknown.length === 0 || parsed.length === 1) return complaints;
  const positions = keyPositions(text);
  const within = (path: string): boolean =>
    unknown.some((outer) => path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`));
  return parsed
    .filter(({ sort, path }) => sort !== 'duplicate' || !within(path))
    .map((one) => ({ ...one, at: positions.get(one.path)?.[one.sort === 'duplicate' ? 1 : 0] ?? 0 }))
    .sort((a, b) => a.at - b.at)
    .map(({ whole }) => whole);
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}

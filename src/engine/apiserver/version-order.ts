/** Newer and more stable versions first. Upstream: apimachinery/pkg/version CompareKubeAwareVersionStrings (v1.36) */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(text));
  if (!x || !y) return x ? -1 : y ? 1 : a < b ? -1 : a > b ? 1 : 0;
  const level = (match: RegExpExecArray) => (match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0);
  return level(y) - level(x) || Number(y[1]) - Number(x[1]) || Number(y[3] ?? 0) - Number(x[3] ?? 0);
}

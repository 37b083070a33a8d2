/**
 * The release whose behaviour all components have, as each of them would tell it. The commit is not told: none was built.
 *
 * Upstream: apimachinery/pkg/version/types.go Info, component-base/version/version.go Get (v1.36)
 */
export const buildVersion = Object.freeze({
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.3',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2026-07-01T00:00:00Z',
  goVersion: 'go1.26.8',
  compiler: 'gc',
  platform: 'linux/amd64',
});

/** How a component calls itself in requests: `kubectl/v1.36.3 (linux/amd64) kubernetes/0000000`. Upstream: client-go/rest/config.go buildUserAgent */
export function userAgent(component: string): string {
  const { gitVersion, platform, gitCommit } = buildVersion;
  return `${component}/${gitVersion} (${platform}) kubernetes/${gitCommit.slice(0, 7)}`;
}

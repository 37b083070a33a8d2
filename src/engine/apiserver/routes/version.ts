import { buildVersion } from '../../../apimachinery/build-version.ts';

const { major, minor, ...build } = buildVersion;

/** `/version`: the release whose behaviour this server has. Upstream: apiserver/pkg/server/routes/version.go (v1.36) */
export const serverVersion = Object.freeze({
  major,
  minor,
  emulationMajor: major,
  emulationMinor: minor,
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  ...build,
});

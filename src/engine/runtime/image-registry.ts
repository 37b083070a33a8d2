/**
 * The registries of the world, as far as a pull can tell: which hosts answer, which repositories and tags are not there, and in
 * which words containerd says so. Everything else exists. What an image holds is in `images/registry.ts`.
 */
import { formatImageReference, type ImageReference } from '../../apimachinery/image-reference.ts';
import { RuntimeError } from './runtime-service.ts';

/** The resolver of the nodes, as errors name it. */
const nameServer = '10.0.0.2:53';

/** Names under which nothing is ever registered (RFC 2606, RFC 6762, and the registries of examples). */
const reservedDomains = /(^|\.)(example|example\.(com|net|org)|invalid|test|local|internal|lan|home|corp)$/;

/** Tags and names that say of themselves that they do not exist. */
const absentName =
  /^(v?(do(es)?not(e?xist|work)|non?exist(ent|ant|ing)?|not?found|no?such.*|inval?id.*|missing|wrong.*|bad.*|broken.*|bogus|fake|typo|unknown|nope|noexist.*|imaginary|absent|fails?|error|err)|thistagdoesnotexist|.*do(es)?note?xist.*|.*nonexist(ent|ant|ing).*|.*notfound)$/;

/** Repositories whose tags are known well enough to say that one is not there. */
const knownTags: readonly { readonly repository: RegExp; readonly has: (tag: string) => boolean }[] = [
  { repository: /(^|\/)kubernetes-bootcamp$/, has: (tag) => /^(v1|v2|latest)$/.test(tag) },
  { repository: /^google-samples\/hello-app$/, has: (tag) => /^(1\.0|2\.0|latest)$/.test(tag) },
  { repository: /^library\/nginx$/, has: (tag) => versionAtMost(tag, [1, 31]) },
  { repository: /^library\/httpd$/, has: (tag) => versionAtMost(tag, [2, 4]) },
  { repository: /^library\/redis$/, has: (tag) => versionAtMost(tag, [8, 99]) },
  { repository: /^library\/busybox$/, has: (tag) => versionAtMost(tag, [1, 38]) },
  { repository: /^library\/alpine$/, has: (tag) => versionAtMost(tag, [3, 24]) },
  { repository: /^library\/mysql$/, has: (tag) => versionAtMost(tag, [9, 99]) },
  { repository: /^library\/postgres$/, has: (tag) => versionAtMost(tag, [18, 99]) },
  { repository: /^library\/python$/, has: (tag) => versionAtMost(tag, [3, 15]) },
  { repository: /^library\/node$/, has: (tag) => versionAtMost(tag, [26, 99]) },
];

/** Official images that a slip of the finger usually means. */
const officialImages: readonly string[] = [
  ...['alpine', 'busybox', 'cassandra', 'centos', 'debian', 'elasticsearch', 'fedora', 'golang', 'haproxy', 'httpd'],
  ...['influxdb', 'jenkins', 'mariadb', 'memcached', 'mongo', 'mysql', 'nginx', 'node', 'openjdk', 'perl', 'php'],
  ...['postgres', 'python', 'rabbitmq', 'redis', 'registry', 'ruby', 'rust', 'tomcat', 'traefik', 'ubuntu', 'vault'],
  ...['wordpress', 'zookeeper', 'hello-world', 'mongo-express', 'eclipse-temurin', 'nextcloud', 'ghost', 'drupal'],
];

/**
 * Checks that a registry has an image.
 *
 * @throws RuntimeError with containerd's words
 */
export function checkImageExists(reference: ImageReference): void {
  const name = formatImageReference(reference);
  const fail = (code: RuntimeError['code'], why: string): never => {
    throw new RuntimeError(
      code,
      `failed to pull and unpack image "${name}": failed to resolve reference "${name}": ${why}`,
    );
  };
  const unreachable = registryProblem(reference);
  if (unreachable !== undefined) fail('Unknown', unreachable);
  if (isAbsentRepository(reference)) fail('Unknown', repositoryProblem(reference));
  if (isAbsentTag(reference)) fail('NotFound', `${name}: not found`);
}

/** Why the registry's host cannot be asked. */
function registryProblem({ registry, repository, tag, digest }: ImageReference): string | undefined {
  const [host = '', port] = registry.split(':');
  const scheme = host === 'localhost' || host.startsWith('127.') ? 'http' : 'https';
  const head = `failed to do request: Head "${scheme}://${registry}/v2/${repository}/manifests/${digest ?? tag ?? ''}"`;
  if (scheme === 'http') return `${head}: dial tcp 127.0.0.1:${port ?? '80'}: connect: connection refused`;
  if (reservedDomains.test(host) || !host.includes('.') || hasAbsentPart(host.split('.')))
    return `${head}: dial tcp: lookup ${host} on ${nameServer}: no such host`;
  return undefined;
}

const repositoryProblem = (reference: ImageReference): string =>
  reference.registry === 'docker.io'
    ? 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed'
    : `unexpected status from HEAD request to https://${reference.registry}/v2/${reference.repository}/manifests/${reference.tag ?? ''}: 403 Forbidden`;

function isAbsentRepository({ registry, repository }: ImageReference): boolean {
  if (hasAbsentPart(repository.split('/'))) return true;
  const name = registry === 'docker.io' && repository.startsWith('library/') ? repository.slice(8) : undefined;
  if (name === undefined || name.length < 5 || officialImages.includes(name)) return false;
  return officialImages.some((official) => official.length >= 5 && isSlip(name, official));
}

function isAbsentTag({ registry, repository, tag, digest }: ImageReference): boolean {
  if (digest !== undefined || tag === undefined) return false;
  if (hasAbsentPart([tag])) return true;
  if (registry !== 'docker.io' && registry !== 'gcr.io') return false;
  const known = knownTags.find((entry) => entry.repository.test(repository));
  return known !== undefined && !known.has(tag);
}

const hasAbsentPart = (parts: readonly string[]): boolean =>
  parts.some((part) => absentName.test(part.toLowerCase().replace(/[-_.]/g, '')));

/** Whether a tag's numbers are not past the newest release; tags without numbers exist. */
function versionAtMost(tag: string, newest: readonly number[]): boolean {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?![\d.])/.exec(tag);
  if (!match) return true;
  const [major = 0, minor = 0] = match.slice(1).map((part) => Number(part ?? 0));
  const [newestMajor = 0, newestMinor = 0] = newest;
  return major < newestMajor ? minor < 100 : major === newestMajor && minor <= newestMinor;
}

/** Whether two names differ by one letter missing, added, changed, or two swapped. */
function isSlip(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const [middleA, middleB] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (middleA.length <= 1 && middleB.length <= 1) return true;
  return middleA.length === 2 && middleB.length === 2 && middleA === `${middleB[1]}${middleB[0]}`;
}

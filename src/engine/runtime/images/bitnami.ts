/**
 * Bitnami's images start through scripts that they bring along. Where the program is known but not its scripts, the image is a quiet
 * server; where charts run the program itself, the few functions that charts' own scripts call are here.
 */
import type { ImageReference } from '../../../apimachinery/image-reference.ts';
import type { LayerFiles } from '../../../shell/layer.ts';

const withOwnScripts: ReadonlySet<string> = new Set([
  'cassandra',
  'etcd',
  'mariadb',
  'memcached',
  'mongodb',
  'mysql',
  'nginx',
  'rabbitmq',
  'zookeeper',
]);

/** The name of one of Bitnami's images: `redis`. */
export function bitnamiName({ registry, repository }: ImageReference): string | undefined {
  return registry === 'docker.io' ? /^bitnami(?:legacy|secure)?\/(.+)$/.exec(repository)?.[1] : undefined;
}

/** Whether nobody wrote what an image of Bitnami's starts. */
export const needsOwnScripts = (name: string): boolean => withOwnScripts.has(name);

const log = (level: string): string => `${level.trim().toLowerCase()}() { echo "${level} ==> $*" >&2; }\n`;
const scripts = '/opt/bitnami/scripts';

/** What charts' scripts source. */
export const bitnamiScripts: LayerFiles = {
  [`${scripts}/liblog.sh`]: ['INFO ', 'WARN ', 'ERROR', 'DEBUG'].map(log).join(''),
  [`${scripts}/libos.sh`]: `am_i_root() { [ "$(id -u)" = 0 ]; }
retry_while() {
  local tries="\${2:-12}"
  while [ "$tries" -gt 0 ]; do
    $1 && return 0
    tries=$((tries - 1))
    sleep "\${3:-5}"
  done
  return 1
}
`,
  [`${scripts}/libfs.sh`]: `is_dir_empty() { [ -z "$(ls -A "$1" 2>/dev/null)" ]; }
ensure_dir_exists() { mkdir -p "$1"; }
`,
  [`${scripts}/libvalidations.sh`]: `is_boolean_yes() { case "$1" in 1 | [yY][eE][sS] | [tT][rR][uU][eE]) return 0 ;; esac; return 1; }
is_empty_value() { [ -z "$1" ]; }
`,
};

import { sleep, type Process } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { baseName } from '../../../shell/path.ts';
import { programFileContent } from '../../../shell/layer.ts';
import { encode } from '../../../shell/text.ts';
import { writeText } from '../../../shell/streams.ts';
import { utilityPrograms } from '../../../shell/coreutils/registry.ts';

/** Packages whose commands have other names. */
const provides: Readonly<Record<string, readonly string[]>> = {
  'bind-tools': ['dig', 'nslookup', 'host'],
  dnsutils: ['dig', 'nslookup', 'host'],
  'bind9-dnsutils': ['dig', 'nslookup', 'host'],
  'iputils-ping': ['ping'],
  iputils: ['ping'],
  procps: ['ps', 'top', 'free', 'pgrep', 'pkill', 'watch'],
  'net-tools': ['netstat', 'ifconfig', 'route'],
  iproute2: ['ip', 'ss'],
  'netcat-openbsd': ['nc'],
  netcat: ['nc'],
  'netcat-traditional': ['nc'],
  vim: ['vi'],
  stress: [],
  bash: [],
  coreutils: [],
  'ca-certificates': [],
};

/** `apt-get` and `apk`: installs the utilities that exist here; there is no registry of packages behind it. */
export function* packageManager(context: ProgramContext): Process<number> {
  const name = baseName(context.argv[0] ?? '');
  const words = context.argv.slice(1).filter((word) => !word.startsWith('-'));
  const [verb, ...packages] = words;
  if (context.user.uid !== 0) {
    yield* writeText(
      context.stderr,
      name === 'apk'
        ? 'ERROR: Unable to lock database: Permission denied\n'
        : 'E: Could not open lock file /var/lib/apt/lists/lock - open (13: Permission denied)\n',
    );
    return name === 'apk' ? 99 : 100;
  }
  yield* sleep(800);
  if (verb === 'update') {
    yield* writeText(
      context.stdout,
      name === 'apk' ? 'OK: 25000 distinct packages available\n' : 'Reading package lists... Done\n',
    );
    return 0;
  }
  if (verb !== 'install' && verb !== 'add') return 0;
  for (const item of packages) {
    const commands = provides[item] ?? (utilityPrograms.has(item) ? [item] : undefined);
    if (!commands) {
      yield* writeText(
        context.stderr,
        name === 'apk'
          ? `ERROR: unable to select packages:\n  ${item} (no such package):\n    required by: world[${item}]\n`
          : `E: Unable to locate package ${item}\n`,
      );
      return name === 'apk' ? 1 : 100;
    }
    for (const command of commands)
      context.fs.writeFile(`/usr/bin/${command}`, encode(programFileContent(command)), { mode: 0o755 });
    yield* sleep(500);
    yield* writeText(context.stdout, name === 'apk' ? `(1/1) Installing ${item}\n` : `Setting up ${item} ...\n`);
  }
  if (name === 'apk') yield* writeText(context.stdout, 'OK: 12 MiB in 20 packages\n');
  return 0;
}

import type { Process } from '../../../process/process.ts';
import { type ProgramContext, SpawnError } from '../../../shell/context.ts';
import { writeText } from '../../../shell/streams.ts';
import { decode, encode } from '../../../shell/text.ts';

/** Scripts of `/docker-entrypoint.d` that the image brings. */
export const standardScripts = [
  '10-listen-on-ipv6-by-default.sh',
  '20-envsubst-on-templates.sh',
  '30-tune-worker-processes.sh',
];

/**
 * What the image's entrypoint does: says so, renders templates, runs scripts that were added, and becomes the command.
 * A program and not a script, because every pod of the image pays for it.
 */
export function* nginxEntrypoint(context: ProgramContext): Process<number> {
  const argv = context.argv.slice(1);
  const say = (text: string) => writeText(context.stdout, `/docker-entrypoint.sh: ${text}\n`);
  if (argv[0] === 'nginx' || argv[0] === 'nginx-debug') {
    yield* say('/docker-entrypoint.d/ is not empty, will attempt to perform configuration');
    yield* say('Looking for shell scripts in /docker-entrypoint.d/');
    for (const name of context.fs.readdir('/docker-entrypoint.d')) {
      const file = `/docker-entrypoint.d/${name}`;
      if (!name.endsWith('.sh')) continue;
      yield* say(`Launching ${file}`);
      if (name === '10-listen-on-ipv6-by-default.sh')
        yield* writeText(context.stdout, `${name}: info: Getting the checksum of /etc/nginx/conf.d/default.conf\n`);
      else if (name === '20-envsubst-on-templates.sh') yield* renderTemplates(context, name);
      else if (!standardScripts.includes(name)) {
        const { code } = yield* context.processes.spawn({ argv: [file] }).wait();
        if (code !== 0) return code;
      }
    }
    yield* say('Configuration complete; ready for start up');
  }
  try {
    return yield* context.exec({ argv });
  } catch (error) {
    if (!(error instanceof SpawnError)) throw error;
    yield* writeText(
      context.stderr,
      `/docker-entrypoint.sh: 47: exec: ${argv[0] ?? ''}: ${error.code === 'ENOENT' ? 'not found' : 'Permission denied'}\n`,
    );
    return error.code === 'ENOENT' ? 127 : 126;
  }
}

/** Fills variables of the environment into `/etc/nginx/templates/*.template`. */
function* renderTemplates(context: ProgramContext, script: string): Process<void> {
  const { fs, env } = context;
  const directory = '/etc/nginx/templates';
  if (!fs.exists(directory)) return;
  for (const name of fs.readdir(directory)) {
    if (!name.endsWith('.template')) continue;
    const target = `/etc/nginx/conf.d/${name.slice(0, -'.template'.length)}`;
    yield* writeText(context.stdout, `${script}: Running envsubst on ${directory}/${name} to ${target}\n`);
    const text = decode(fs.readFile(`${directory}/${name}`)).replace(
      /\$\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)/g,
      (whole, braced?: string, bare?: string) => env.get(braced ?? bare ?? '') ?? whole,
    );
    fs.writeFile(target, encode(text));
  }
}

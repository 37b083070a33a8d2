import { buildVersion } from '../../apimachinery/build-version.ts';
import type { JsonObject } from '../../apimachinery/json-value.ts';
import { writeYaml } from '../../apimachinery/yaml-writer.ts';
import { encodeGoJson } from '../../apimachinery/go-json.ts';
import type { Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { KubectlError } from '../errors.ts';
import { flagSpecs } from '../flags/flag-spec.ts';

const kustomizeVersion = 'v5.8.1';
const supportedSkew = 1;

export const version: Command = {
  use: 'version',
  group: 'other',
  short: 'Print the client and server version information',
  long: 'Prints the versions of kubectl and of the server it talks to.',
  example: 'kubectl version',
  flags: flagSpecs(`client=false o/output=''`),
  run: runVersion,
};

/** Upstream: kubectl/pkg/cmd/version/version.go (v1.36) */
function* runVersion({ flags, args, factory, out, err }: Invocation): Process<void> {
  const format = flags.string('output');
  if (args.length > 0) throw new KubectlError(`extra arguments: [${args.join(' ')}]`);
  if (!['', 'yaml', 'json'].includes(format)) throw new KubectlError("--output must be 'yaml' or 'json'");
  let server: JsonObject | undefined;
  let failure: unknown;
  if (!flags.bool('client')) {
    try {
      server = yield* factory.rest.json<JsonObject>({ path: '/version' });
    } catch (error) {
      failure = error;
    }
  }
  const shown = {
    clientVersion: buildVersion,
    kustomizeVersion,
    ...(server === undefined ? {} : { serverVersion: server }),
  };
  if (format === 'yaml') yield* out.print(`${writeYaml(shown)}\n`);
  else if (format === 'json') yield* out.line(encodeGoJson(shown, { indent: 2 }));
  else {
    yield* out.line(`Client Version: ${buildVersion.gitVersion}`);
    yield* out.line(`Kustomize Version: ${kustomizeVersion}`);
    if (server !== undefined) yield* out.line(`Server Version: ${String(server['gitVersion'])}`);
  }
  if (server !== undefined) yield* err.print(skewWarning(server));
  if (failure !== undefined) throw failure;
}

function skewWarning(server: JsonObject): string {
  const minor = (info: JsonObject): number => Number.parseInt(String(info['minor'] ?? ''), 10);
  if (Math.abs(minor(server) - minor(buildVersion)) <= supportedSkew) return '';
  const text = (info: JsonObject): string => `${String(info['major'])}.${minor(info)}`;
  return `Warning: version difference between client (${text(buildVersion)}) and server (${text(server)}) exceeds the supported minor version skew of +/-${supportedSkew}\n`;
}

import type { JsonObject } from '../../../apimachinery/json-value.ts';
import type { Process } from '../../../process/process.ts';
import type { Invocation } from '../../command.ts';
import { type Kubeconfig, saveKubeconfig, type SectionName, withEntry } from '../../config/kubeconfig.ts';
import { KubectlError } from '../../errors.ts';
import { resolvePath } from '../../files.ts';
import { helpText } from '../../help.ts';

/** Writes a changed configuration. */
export function modifyConfig({ factory, context }: Invocation, after: Kubeconfig): void {
  saveKubeconfig(context, factory.kubeconfigPaths, factory.kubeconfig, after);
}

/** The one argument; without it the command's help comes before the error. @throws KubectlError */
export function* onlyArgument(invocation: Invocation, withHelp = true): Process<string> {
  const { args } = invocation;
  const [name] = args;
  if (name !== undefined && args.length === 1) return name;
  if (!withHelp) throw new KubectlError(`unexpected args: [${args.join(' ')}]`);
  throw yield* unexpectedArguments(invocation);
}

/** Upstream: kubectl/pkg/cmd/config/config.go helpErrorf (v1.36) */
export function* unexpectedArguments({ command, path, args, out }: Invocation): Process<KubectlError> {
  yield* out.print(helpText(command, path));
  return new KubectlError(`Unexpected args: [${args.join(' ')}]`);
}

/** Changes some fields of an entry; undefined removes one. The entry is made when it is missing. */
export function changeEntry(
  config: Kubeconfig,
  section: SectionName,
  name: string,
  changes: Readonly<Record<string, unknown>>,
): Kubeconfig {
  const entry: JsonObject = { ...config[section].get(name), ...changes };
  const kept = Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined && value !== ''));
  return withEntry(config, section, name, kept);
}

/** The file that changes go to, as messages name it. */
export function configFile({ factory, context }: Invocation): string {
  const { explicit, defaultFile } = factory.kubeconfigPaths;
  return explicit ?? resolvePath(context, defaultFile);
}

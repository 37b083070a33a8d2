import { isEnvVarName } from '../../../apimachinery/validation.ts';
import { quote } from '../../../apimachinery/go-format.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { KubectlError } from '../../errors.ts';
import { pathKind, readFileBytes, resolvePath } from '../../files.ts';
import type { FlagSet } from '../../flags/flag-set.ts';

/** Adds one key; throws when it is not valid or there already. */
export type AddKey = (key: string, value: Uint8Array) => void;

/** `--from-file`, `--from-literal` and `--from-env-file`, in upstream's order. @throws KubectlError */
export function addSources(context: ProgramContext, flags: FlagSet, kind: 'config' | 'secret', add: AddKey): void {
  for (const source of flags.strings('from-file')) addFile(context, source, add);
  if (!flags.has('from-literal')) return;
  for (const source of flags.strings('from-literal')) {
    const equals = source.indexOf('=');
    if (equals <= 0) throw new KubectlError(`invalid literal source ${source}, expected key=value`);
    add(source.slice(0, equals), new TextEncoder().encode(source.slice(equals + 1)));
  }
  for (const source of flags.strings('from-env-file')) addEnvFile(context, source, kind, add);
}

/** Upstream: kubectl/pkg/util/util.go ParseFileSource (v1.36) */
function parseFileSource(source: string): { readonly key: string; readonly path: string } {
  const parts = source.split('=');
  if (parts.length === 1) return { key: source.replace(/\/+$/, '').split('/').at(-1) ?? source, path: source };
  if (parts.length > 2) throw new KubectlError("key names or file paths cannot contain '='");
  const [key = '', path = ''] = parts;
  if (key === '') throw new KubectlError(`key name for file path ${path} missing`);
  if (path === '') throw new KubectlError(`file path for key name ${key} missing`);
  return { key, path };
}

function addFile(context: ProgramContext, source: string, add: AddKey): void {
  const { key, path } = parseFileSource(source);
  const kind = pathKind(context, path);
  if (kind === 'none') throw new KubectlError(`error reading ${path}: no such file or directory`);
  if (kind === 'file') return add(key, readFileBytes(context, path));
  if (source.includes('=')) throw new KubectlError('cannot give a key name for a directory path');
  for (const name of context.fs.readdir(resolvePath(context, path))) {
    const child = `${path.replace(/\/+$/, '')}/${name}`;
    if (context.fs.lstat(resolvePath(context, child)).kind === 'file') add(name, readFileBytes(context, child));
  }
}

function addEnvFile(context: ProgramContext, path: string, kind: 'config' | 'secret', add: AddKey): void {
  const found = pathKind(context, path);
  if (found === 'none') throw new KubectlError(`error reading ${path}: no such file or directory`);
  if (found === 'directory') throw new KubectlError(`env ${kind} file cannot be a directory`);
  for (const [key, value] of readEnvFile(context, path)) add(key, new TextEncoder().encode(value));
}

/** Lines of `KEY=value`; a bare KEY takes the environment's value. Upstream: kubectl/pkg/cmd/util/env_file.go (v1.36) */
export function readEnvFile(context: ProgramContext, path: string): (readonly [key: string, value: string])[] {
  const text = new TextDecoder().decode(readFileBytes(context, path));
  const out: (readonly [string, string])[] = [];
  const lines = text.replace(/\n$/, '').split('\n');
  for (const raw of text === '' ? [] : lines) {
    const line = raw.replace(/\r$/, '').trimStart();
    if (line === '' || line.startsWith('#')) continue;
    const equals = line.indexOf('=');
    const key = equals < 0 ? line : line.slice(0, equals);
    const problems = isEnvVarName(key);
    if (problems.length > 0) throw new KubectlError(`${quote(key)} is not a valid key name: ${problems.join(';')}`);
    out.push([key, equals < 0 ? (context.env.get(key) ?? '') : line.slice(equals + 1)]);
  }
  return out;
}

import type { ProgramContext } from '../../shell/context.ts';
import { KubectlError } from '../errors.ts';
import { pathKind, resolvePath } from '../files.ts';
import type { FlagSet } from '../flags/flag-set.ts';
import { flagSpecs } from '../flags/flag-spec.ts';

/** `-f`, `-k` and `-R` of a command line. */
export interface FilenameOptions {
  readonly filenames: readonly string[];
  readonly kustomize: string;
  readonly recursive: boolean;
}

export const filenameFlags = flagSpecs(`f/filename=[] k/kustomize='' R/recursive=false`);

/** What `-f`, `-k` and `-R` say. */
export function filenameOptions(flags: FlagSet): FilenameOptions {
  return {
    filenames: flags.strings('filename'),
    kustomize: flags.has('kustomize') ? flags.string('kustomize') : '',
    recursive: flags.has('recursive') && flags.bool('recursive'),
  };
}

/** Whether neither `-f` nor `-k` names anything. */
export const isFilenameSliceEmpty = (options: FilenameOptions): boolean =>
  options.filenames.length === 0 && options.kustomize === '';

/** @throws KubectlError `must specify one of -f and -k` */
export function requireFilenameOrKustomize(options: FilenameOptions): void {
  if (isFilenameSliceEmpty(options)) throw new KubectlError('must specify one of -f and -k');
}

const extensions = ['.json', '.yaml', '.yml'];

/** A path itself, or what matches it as a pattern. @throws KubectlError when there is nothing */
export function expandPath(context: ProgramContext, pattern: string): readonly string[] {
  if (pathKind(context, pattern) !== 'none') return [pattern];
  const matches = glob(context, pattern);
  if (matches.length === 0) throw new KubectlError(`the path ${JSON.stringify(pattern)} does not exist`);
  return matches;
}

function glob(context: ProgramContext, pattern: string): string[] {
  if (!/[*?[]/.test(pattern)) return [];
  const slash = pattern.lastIndexOf('/');
  const directory = slash < 0 ? '' : pattern.slice(0, slash + 1);
  const source = pattern
    .slice(slash + 1)
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`);
  if (pathKind(context, directory || '.') !== 'directory') return [];
  return context.fs
    .readdir(resolvePath(context, directory || '.'))
    .filter((name) => expression.test(name))
    .map((name) => directory + name);
}

/** The files a path stands for: itself, or the directory's manifests, sorted as walked. */
export function filesUnder(context: ProgramContext, path: string, recursive: boolean): string[] {
  if (pathKind(context, path) !== 'directory') return [path];
  const out: string[] = [];
  const walk = (directory: string) => {
    const base = directory.replace(/\/+$/, '');
    for (const name of context.fs.readdir(resolvePath(context, directory))) {
      const child = base === '.' ? name : `${base}/${name}`;
      if (pathKind(context, child) === 'directory') {
        if (recursive) walk(child);
      } else if (extensions.some((extension) => name.endsWith(extension))) out.push(child);
    }
  };
  walk(path);
  return out;
}

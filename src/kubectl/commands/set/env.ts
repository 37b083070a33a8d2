import type * as corev1 from '../../../api/core/v1.ts';
import { errorText } from '../../../apimachinery/error-text.ts';
import { compareStrings, quote } from '../../../apimachinery/go-format.ts';
import { isEnvVarName } from '../../../apimachinery/validation.ts';
import type { Process } from '../../../process/process.ts';
import type { Command, Invocation } from '../../command.ts';
import { KubectlError, throwAll } from '../../errors.ts';
import { readAll } from '../../files.ts';
import { flagSpecs } from '../../flags/flag-spec.ts';
import { kindOf, nameOf, type Unstructured, valueAt } from '../../object.ts';
import { dryRunStrategy, printerOf, selectorFlags, withDryRun } from '../../options.ts';
import { podSpecPath, selectsContainer, updatePodSpec } from '../../polymorphic/pod-template.ts';
import { filenameOptions } from '../../resource/filenames.ts';
import type { Info } from '../../resource/info.ts';
import { EnvResolver, envVarRefString } from './env-resolver.ts';
import { checkLocal, runPatches, setFlags, setTargets } from './set-support.ts';

export const setEnv: Command = {
  use: 'env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
  short: 'Update environment variables of a pod template',
  example: `kubectl set env deployment/web MODE=fast

# List
kubectl set env deployment/web --list

# Take all keys of a config map
kubectl set env --from=configmap/settings deployment/web

# Remove
kubectl set env deployment/web MODE-`,
  flags: [
    ...setFlags,
    ...selectorFlags,
    ...flagSpecs("c/containers='*' e/env:array=[] from='' keys=[] list=false overwrite=true prefix='' resolve=false"),
  ],
  plainUseLine: true,
  completion: 'none',
  run: runSetEnv,
};

type EnvVars = readonly corev1.EnvVar[];

function* runSetEnv(invocation: Invocation): Process<void> {
  const { flags, args, err } = invocation;
  if (flags.bool('all') && flags.string('selector') !== '') {
    throw new KubectlError('cannot set --all and --selector at the same time');
  }
  const { resources, envArgs } = splitEnvironment(args);
  const dryRun = yield* dryRunStrategy(invocation);
  const print = printerOf(invocation, withDryRun('env updated', dryRun));
  checkLocal(invocation, dryRun);
  validate(invocation, resources);
  const parsed = yield* parseEnv(invocation, [...flags.strings('env'), ...envArgs]);
  const imported = flags.string('from') === '' ? [] : yield* importedEnv(invocation, parsed.usedStdin);
  const prefix = flags.string('prefix');
  const env = [...parsed.env, ...imported].map((one) => ({ ...one, name: prefix + one.name }));
  const infos = yield* setTargets(invocation, resources, parsed.usedStdin);
  const pattern = flags.string('containers');
  if (flags.bool('list')) return yield* listEnv(invocation, infos, env, parsed.remove, pattern);
  for (const info of infos) {
    if (podSpecPath(info.object) !== undefined && containersOf(info.object, pattern).length === 0) {
      yield* err.line(
        `Warning: ${kindOf(info.object).kind}/${nameOf(info.object)} does not have any containers matching ${quote(pattern)}`,
      );
    }
  }
  yield* runPatches(invocation, {
    infos,
    dryRun,
    print,
    errors: [],
    failure: 'failed to patch env update to pod template:',
    change: (object) => withEnv(object, pattern, env, parsed.remove, flags.bool('overwrite')),
  });
}

function validate({ flags }: Invocation, resources: readonly string[]): void {
  if (filenameOptions(flags).filenames.length === 0 && resources.length === 0) {
    throw new KubectlError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
  }
  if (flags.bool('list') && flags.string('output') !== '') {
    throw new KubectlError('--list and --output may not be specified together');
  }
  if (flags.strings('keys').length > 0 && flags.string('from') === '') {
    throw new KubectlError('when specifying --keys, a configmap or secret must be provided with --from');
  }
}

/** Upstream: kubectl/pkg/cmd/set/env/env_parse.go SplitEnvironmentFromResources (v1.36). @throws KubectlError */
function splitEnvironment(args: readonly string[]): {
  readonly resources: readonly string[];
  readonly envArgs: readonly string[];
} {
  const isEnv = (text: string) => /^.+=/s.test(text) || text.endsWith('-');
  const at = args.findIndex(isEnv);
  if (at < 0) return { resources: args, envArgs: [] };
  const envArgs = args.slice(at);
  if (!envArgs.every(isEnv)) {
    throw new KubectlError(`all resources must be specified before environment changes: ${args.join(' ')}`);
  }
  return { resources: args.slice(0, at), envArgs };
}

function* parseEnv(
  { context }: Invocation,
  specs: readonly string[],
): Process<{ env: EnvVars; remove: readonly string[]; usedStdin: boolean }> {
  const env: corev1.EnvVar[] = [];
  const remove: string[] = [];
  let usedStdin = false;
  for (const spec of specs) {
    if (spec === '-') {
      env.push(...envOfText(new TextDecoder().decode(yield* readAll(context.stdin))));
      usedStdin = true;
    } else if (spec.includes('=')) {
      const name = spec.slice(0, spec.indexOf('='));
      const problems = isEnvVarName(name);
      if (problems.length > 0) throw new KubectlError(`${quote(name)} is not a valid key name: ${problems.join(';')}`);
      env.push({ name, value: spec.slice(name.length + 1) });
    } else if (spec.endsWith('-')) remove.push(spec.slice(0, -1));
    else throw new KubectlError(`unknown environment variable: ${spec}`);
  }
  if (remove.some((name) => env.some((one) => one.name === name))) {
    throw new KubectlError('can not both modify and remove the same environment variable in the same command');
  }
  return { env, remove, usedStdin };
}

function envOfText(text: string): corev1.EnvVar[] {
  return text
    .split('\n')
    .map((line) => line.split('#')[0] ?? '')
    .filter((line) => line.includes('='))
    .map((line) => ({ name: line.slice(0, line.indexOf('=')), value: line.slice(line.indexOf('=') + 1) }));
}

/** Variables for the keys of a config map or secret. */
function* importedEnv({ factory, flags, err }: Invocation, usedStdin: boolean): Process<EnvVars> {
  const builder = factory
    .builder()
    .continueOnError()
    .namespaceParam(factory.namespace)
    .defaultNamespace()
    .labelSelectorParam(flags.string('selector'))
    .resourceTypeOrNameArgs(flags.bool('all'), flags.string('from'))
    .latest()
    .flatten();
  if (usedStdin) builder.stdinInUse();
  const keys = flags.strings('keys');
  const env: corev1.EnvVar[] = [];
  for (const { object } of yield* (yield* builder.do()).infos()) {
    const { kind } = kindOf(object);
    if (kind !== 'Secret' && kind !== 'ConfigMap') throw new KubectlError('unsupported resource specified in --from');
    const data = (valueAt(object, 'data') ?? {}) as Readonly<Record<string, string>>;
    for (const key of Object.keys(data).sort(compareStrings)) {
      if (keys.length > 0 && !keys.includes(key)) continue;
      const ref = { name: nameOf(object), key };
      const valueFrom = kind === 'Secret' ? { secretKeyRef: ref } : { configMapKeyRef: ref };
      const name = key.replace(/[^A-Za-z0-9_]/g, '_').toUpperCase();
      if (name !== key) yield* err.line(`Warning: key ${key} transferred to ${name}`);
      env.push({ name, valueFrom });
    }
  }
  return env;
}

function containersOf(object: Unstructured, pattern: string): readonly corev1.Container[] {
  const path = podSpecPath(object);
  const spec = (path === undefined ? undefined : valueAt(object, ...path)) as corev1.PodSpec | undefined;
  const all = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  return all.filter((container) => selectsContainer(container.name, pattern));
}

function withEnv(
  object: Unstructured,
  pattern: string,
  env: EnvVars,
  remove: readonly string[],
  overwrite: boolean,
): Unstructured {
  const set = (containers: readonly corev1.Container[]) =>
    containers.map((container) => {
      if (!selectsContainer(container.name, pattern)) return container;
      if (!overwrite) validateNoOverwrites(container.env ?? [], env);
      return { ...container, env: updateEnv(container.env ?? [], env, remove) };
    });
  return updatePodSpec(object, (spec) => ({
    ...spec,
    containers: set(spec.containers ?? []),
    ...(spec.initContainers === undefined ? {} : { initContainers: set(spec.initContainers) }),
  }));
}

function validateNoOverwrites(existing: EnvVars, env: EnvVars): void {
  for (const { name, value } of env) {
    const current = existing.find((one) => one.name === name);
    if (current !== undefined && current.value !== value) {
      throw new KubectlError(`'${name}' already has a value (${current.value ?? ''}), and --overwrite is false`);
    }
  }
}

/** Upstream: kubectl/pkg/cmd/set/helper.go updateEnv (v1.36) */
export function updateEnv(existing: EnvVars, env: EnvVars, remove: readonly string[]): corev1.EnvVar[] {
  const out: corev1.EnvVar[] = [];
  const covered = new Set(remove);
  for (const one of existing) {
    if (covered.has(one.name)) continue;
    const newer = env.find((other) => other.name === one.name);
    if (newer !== undefined) covered.add(one.name);
    out.push(newer ?? one);
  }
  for (const one of env) {
    if (covered.has(one.name)) continue;
    covered.add(one.name);
    out.push(one);
  }
  return out;
}

function* listEnv(
  invocation: Invocation,
  infos: readonly Info[],
  env: EnvVars,
  remove: readonly string[],
  pattern: string,
): Process<void> {
  const { out, err, flags, factory } = invocation;
  const failures: unknown[] = [];
  for (const { object } of infos) {
    const containers = containersOf(object, pattern);
    if (containers.length === 0) {
      yield* err.line(
        `Warning: ${kindOf(object).kind}/${nameOf(object)} does not have any containers matching ${quote(pattern)}`,
      );
    }
    for (const container of containers) {
      const variables = updateEnv(container.env ?? [], env, remove);
      yield* out.line(`# ${kindOf(object).kind} ${nameOf(object)}, container ${container.name}`);
      const problems = new Map<string, string[]>();
      const resolver = new EnvResolver(factory);
      for (const one of variables) {
        if (one.valueFrom === undefined) yield* out.line(`${one.name}=${one.value ?? ''}`);
        else if (!flags.bool('resolve')) yield* out.line(`# ${one.name} from ${envVarRefString(one.valueFrom)}`);
        else {
          try {
            yield* out.line(`${one.name}=${yield* resolver.resolve(one.valueFrom, object, container)}`);
          } catch (error) {
            yield* out.line(`# ${one.name} from ${envVarRefString(one.valueFrom)}`);
            problems.set(errorText(error), [...(problems.get(errorText(error)) ?? []), one.name]);
          }
        }
      }
      const lines = [...problems].map(
        ([why, names]) => `error retrieving reference for ${names.sort().join(', ')}: ${why}`,
      );
      for (const line of lines.sort(compareStrings)) yield* err.line(line);
      if (lines.length > 0) failures.push(new KubectlError('failed to retrieve valueFrom references'));
    }
  }
  if (flags.bool('list')) return;
  throwAll(failures);
}

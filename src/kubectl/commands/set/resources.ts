import type * as corev1 from '../../../api/core/v1.ts';
import { canonicalQuantity } from '../../../apimachinery/quantity.ts';
import type { Process } from '../../../process/process.ts';
import type { Command, Invocation } from '../../command.ts';
import { KubectlError } from '../../errors.ts';
import { flagSpecs } from '../../flags/flag-spec.ts';
import { dryRunStrategy, printerOf, selectorFlags, withDryRun } from '../../options.ts';
import { selectsContainer, updatePodSpec } from '../../polymorphic/pod-template.ts';
import { checkLocal, runPatches, setFlags, setTargets } from './set-support.ts';

export const setResources: Command = {
  use: 'resources (-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]',
  short: 'Update requests and limits of a pod template',
  example: 'kubectl set resources deployment web -c=nginx --requests=cpu=100m --limits=cpu=200m,memory=256Mi',
  flags: [...setFlags, ...selectorFlags, ...flagSpecs("c/containers='*' limits='' requests=''")],
  plainUseLine: true,
  completion: 'none',
  run: runSetResources,
};

type ResourceList = Readonly<Record<string, string>>;

function* runSetResources(invocation: Invocation): Process<void> {
  const { flags, args } = invocation;
  const dryRun = yield* dryRunStrategy(invocation);
  const print = printerOf(invocation, withDryRun('resource requirements updated', dryRun));
  const infos = yield* setTargets(invocation, args);
  checkLocal(invocation, dryRun);
  if (flags.bool('all') && flags.string('selector') !== '') {
    throw new KubectlError('cannot set --all and --selector at the same time');
  }
  if (flags.string('limits') === '' && flags.string('requests') === '') {
    throw new KubectlError('you must specify an update to requests or limits (in the form of --requests/--limits)');
  }
  const limits = parseResourceList(flags.string('limits'));
  const requests = parseResourceList(flags.string('requests'));
  const pattern = flags.string('containers');
  const errors: unknown[] = [];
  yield* runPatches(invocation, {
    infos,
    dryRun,
    print,
    errors,
    failure: 'failed to patch resources update to pod template',
    change: (object) => {
      let transformed = false;
      const set = (containers: readonly corev1.Container[]) =>
        containers.map((container) => {
          if (!selectsContainer(container.name, pattern)) return container;
          transformed = true;
          return { ...container, resources: merged(container.resources ?? {}, limits, requests) };
        });
      const changed = updatePodSpec(object, (spec) => ({
        ...spec,
        containers: set(spec.containers ?? []),
        ...(spec.initContainers === undefined ? {} : { initContainers: set(spec.initContainers) }),
      }));
      if (transformed) return changed;
      errors.push(new KubectlError(`error: unable to find container named ${pattern}`));
      return undefined;
    },
  });
}

function merged(
  before: corev1.ResourceRequirements,
  limits: ResourceList,
  requests: ResourceList,
): corev1.ResourceRequirements {
  const isSet = (list: ResourceList) => Object.keys(list).length > 0;
  return {
    ...before,
    ...(isSet(limits) ? { limits: { ...before.limits, ...limits } } : {}),
    ...(isSet(requests) ? { requests: { ...before.requests, ...requests } } : {}),
  };
}

/** `cpu=100m,memory=1Gi`. Upstream: kubectl/pkg/generate/versioned/run.go populateResourceListV1 (v1.36). @throws KubectlError */
export function parseResourceList(text: string): ResourceList {
  const out: Record<string, string> = {};
  if (text === '') return out;
  for (const statement of text.split(',')) {
    const parts = statement.split('=');
    if (parts.length !== 2) {
      throw new KubectlError(`Invalid argument syntax ${statement}, expected <resource>=<value>`);
    }
    out[parts[0] ?? ''] = canonicalQuantity(parts[1] ?? '');
  }
  return out;
}

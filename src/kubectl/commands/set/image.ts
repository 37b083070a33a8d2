import type * as corev1 from '../../../api/core/v1.ts';
import type { Process } from '../../../process/process.ts';
import type { Command, Invocation } from '../../command.ts';
import { KubectlError, throwAll } from '../../errors.ts';
import { dryRunStrategy, printerOf, selectorFlags, withDryRun } from '../../options.ts';
import { parsePairs, resourcesAndPairs } from '../../pairs.ts';
import { updatePodSpec } from '../../polymorphic/pod-template.ts';
import { filenameOptions, isFilenameSliceEmpty } from '../../resource/filenames.ts';
import { runPatches, setFlags, setTargets } from './set-support.ts';

export const setImage: Command = {
  use: 'image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  short: 'Update the image of a pod template',
  example: `kubectl set image deployment/web nginx=nginx:1.27

# All containers
kubectl set image deployments --all *=nginx:1.27`,
  flags: [...setFlags, ...selectorFlags],
  plainUseLine: true,
  completion: 'resource-type-and-name',
  run: runSetImage,
};

function* runSetImage(invocation: Invocation): Process<void> {
  const { flags, args } = invocation;
  const dryRun = yield* dryRunStrategy(invocation);
  const print = printerOf(invocation, withDryRun('image updated', dryRun));
  const { resources, pairs } = resourcesAndPairs(args, 'image');
  const images = parsePairs(pairs, 'image', false).set;
  const infos = yield* setTargets(invocation, resources);
  const problems: string[] = [];
  if (flags.bool('all') && flags.string('selector') !== '') {
    problems.push('cannot set --all and --selector at the same time');
  }
  if (resources.length === 0 && isFilenameSliceEmpty(filenameOptions(flags))) {
    problems.push('one or more resources must be specified as <resource> <name> or <resource>/<name>');
  }
  if (images.size === 0) problems.push('at least one image update is required');
  else if (images.size > 1 && images.has('*')) {
    problems.push(
      'all containers are already specified by *, but saw more than one container_name=container_image pairs',
    );
  }
  if (flags.bool('local') && dryRun === 'server') {
    problems.push('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
  }
  throwAll(problems.map((problem) => new KubectlError(problem)));
  const errors: unknown[] = [];
  yield* runPatches(invocation, {
    infos,
    dryRun,
    print,
    errors,
    failure: 'failed to patch image update to pod template:',
    change: (object) =>
      updatePodSpec(object, (spec) => {
        let changed = spec;
        for (const [name, image] of images) {
          const found = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].some(
            (container) => name === '*' || container.name === name,
          );
          if (!found) errors.push(new KubectlError(`error: unable to find container named ${JSON.stringify(name)}`));
          changed = withImage(changed, name, image);
        }
        return changed;
      }),
  });
}

function withImage(spec: corev1.PodSpec, name: string, image: string): corev1.PodSpec {
  const set = (containers: readonly corev1.Container[]) =>
    containers.map((container) => (name === '*' || container.name === name ? { ...container, image } : container));
  return {
    ...spec,
    containers: set(spec.containers ?? []),
    ...(spec.initContainers === undefined ? {} : { initContainers: set(spec.initContainers) }),
  };
}

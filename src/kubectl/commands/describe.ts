import { errorText } from '../../apimachinery/error-text.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import type { Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { type DescribeSettings, describeObject } from '../describe/describers.ts';
import { AggregateKubectlError, KubectlError, throwAll } from '../errors.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { filenameFlags, filenameOptions } from '../resource/filenames.ts';

export const describe: Command = {
  use: 'describe (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)',
  group: 'debug',
  short: 'Show details of a specific resource or group of resources',
  long: 'Print what there is to know about resources: their fields, what belongs to them, and their latest events.\n\n When no resource has exactly the given name, all whose names begin with it are shown.\n\n "kubectl api-resources" lists the types there are.',
  example: `# A node
kubectl describe nodes node-1

# A pod
kubectl describe pods/web

# What a file names
kubectl describe -f pod.json

# Everything with a label
kubectl describe pods -l tier=front`,
  flags: [...flagSpecs(`A/all-namespaces=false chunk-size=500 l/selector='' show-events=true`), ...filenameFlags],
  plainUseLine: true,
  completion: 'resource-type-and-name',
  suggestFor: ['inspect'],
  run: runDescribe,
};

/** Upstream: kubectl/pkg/cmd/describe/describe.go DescribeOptions.Run (v1.36) */
function* runDescribe(invocation: Invocation): Process<void> {
  const { flags, args, factory, out, err } = invocation;
  const files = filenameOptions(flags);
  const allNamespaces = flags.bool('all-namespaces');
  if (args.length === 0 && files.filenames.length === 0 && files.kustomize === '') {
    throw new KubectlError(
      'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.\n',
    );
  }
  const chunkSize = flags.int('chunk-size');
  const result = yield* factory
    .builder()
    .continueOnError()
    .namespaceParam(factory.namespace)
    .defaultNamespace()
    .allNamespaces(allNamespaces)
    .filenameParam(factory.namespaceIsExplicit && !allNamespaces, files)
    .labelSelectorParam(flags.string('selector'))
    .resourceTypeOrNameArgs(true, ...args)
    .requestChunksOf(chunkSize)
    .flatten()
    .do();
  result.check();
  const { infos, error } = yield* result.infosAndError();
  const single = error === undefined && infos.length <= 1;
  const settings: DescribeSettings = {
    showEvents: flags.changed('show-events') || single ? flags.bool('show-events') : false,
    chunkSize,
  };
  const [type, prefix] = args;
  if (error !== undefined && isOnlyNotFound(error) && args.length === 2 && type !== undefined && prefix !== undefined) {
    return yield* describeMatching(invocation, error, { type, prefix, settings });
  }
  const errors: unknown[] = error === undefined ? [] : [error];
  let first = true;
  for (const info of infos) {
    try {
      const text = yield* describeObject(factory, info.served, info, settings);
      yield* out.print(first ? text : `\n\n${text}`);
      first = false;
    } catch (failure) {
      if (!errors.slice(error === undefined ? 0 : 1).some((known) => errorText(known) === errorText(failure))) {
        errors.push(failure);
      }
    }
  }
  if (infos.length === 0 && errors.length === 0) {
    yield* err.line(allNamespaces ? 'No resources found' : `No resources found in ${factory.namespace} namespace.`);
  }
  throwAll(errors);
}

const isOnlyNotFound = (error: unknown): boolean =>
  isNotFound(error) ||
  (error instanceof AggregateKubectlError && error.errors.length === 1 && isOnlyNotFound(error.errors[0]));

/** All whose names begin so. @throws the original error when there is none */
function* describeMatching(
  { factory, out }: Invocation,
  original: unknown,
  options: { readonly type: string; readonly prefix: string; readonly settings: DescribeSettings },
): Process<void> {
  const result = yield* factory
    .builder()
    .namespaceParam(factory.namespace)
    .defaultNamespace()
    .resourceTypeOrNameArgs(true, options.type)
    .singleResourceType()
    .requestChunksOf(options.settings.chunkSize)
    .flatten()
    .do();
  const mapping = result.resourceMapping();
  let found = false;
  for (const info of yield* result.infos()) {
    if (!info.name.startsWith(options.prefix)) continue;
    found = true;
    yield* out.line(yield* describeObject(factory, mapping, info, options.settings));
  }
  if (!found) throw original;
}

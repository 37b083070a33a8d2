import { compareStrings } from '../../apimachinery/go-format.ts';
import type { Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { goList } from '../describe/describe-parts.ts';
import { KubectlError } from '../errors.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { printerFor } from '../printers/object-printer.ts';
import { TabWriter } from '../printers/tab-writer.ts';
import type { RestMapping } from '../rest/discovery.ts';
import { usageError } from '../usage.ts';

export const apiResources: Command = {
  use: 'api-resources',
  group: 'other',
  short: 'Print the supported API resources on the server',
  long: 'Lists what the server offers.',
  example: `kubectl api-resources

# With verbs and categories
kubectl api-resources -o wide

# Those of one group
kubectl api-resources --api-group=apps`,
  flags: flagSpecs(`
    api-group='' cached=false categories=[] namespaced=true no-headers=false o/output='' show-managed-fields=false sort-by='' verbs=[]
  `),
  run: runApiResources,
};

/** Upstream: kubectl/pkg/cmd/apiresources/apiresources.go (v1.36) */
function* runApiResources({ flags, args, factory, out, context, path }: Invocation): Process<void> {
  if (args.length > 0) throw usageError(path, `unexpected arguments: [${args.join(' ')}]`);
  const [sortBy, format] = [flags.string('sort-by'), flags.string('output')];
  if (!['', 'name', 'kind'].includes(sortBy)) throw new KubectlError('--sort-by accepts only name or kind');
  const { resources } = yield* factory.discovery();
  const shown = preferred(resources).filter((one) => {
    const all = (wanted: readonly string[], has: readonly string[]): boolean =>
      wanted.every((word) => has.includes(word));
    if (one.verbs.length === 0) return false;
    if (flags.changed('api-group') && one.group !== flags.string('api-group')) return false;
    if (flags.changed('namespaced') && one.namespaced !== flags.bool('namespaced')) return false;
    return all(flags.strings('verbs'), one.verbs) && all(flags.strings('categories'), one.categories);
  });
  const key = (one: RestMapping): string =>
    sortBy === 'name' ? one.resource : sortBy === 'kind' ? one.kind : one.group;
  shown.sort((a, b) => compareStrings(key(a), key(b)) || compareStrings(a.resource, b.resource));
  if (format === 'json' || format === 'yaml' || format === 'kyaml') {
    const printer = printerFor(context, flags);
    return yield* out.print(
      printer.print({
        kind: 'APIResourceList',
        apiVersion: 'v1',
        groupVersion: '',
        resources: shown.map(apiResource),
      } as never),
    );
  }
  if (format !== '' && format !== 'wide' && format !== 'name') {
    throw new KubectlError(
      `unable to match a printer suitable for the output format ${JSON.stringify(format)}, allowed formats are: json,name,wide,yaml`,
    );
  }
  yield* out.print(tableText(shown, format, flags.bool('no-headers')));
}

/** One version of each resource: the one the server prefers. */
function preferred(resources: readonly RestMapping[]): RestMapping[] {
  const seen = new Set<string>();
  return resources.filter(({ group, resource }) => {
    const key = `${resource}.${group}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

const apiVersion = ({ group, version }: RestMapping): string => (group === '' ? version : `${group}/${version}`);

const apiResource = (one: RestMapping) => ({
  name: one.resource,
  singularName: one.singular,
  namespaced: one.namespaced,
  ...(one.group === '' ? {} : { group: one.group }),
  version: one.version,
  kind: one.kind,
  verbs: one.verbs,
  ...(one.shortNames.length > 0 ? { shortNames: one.shortNames } : {}),
  ...(one.categories.length > 0 ? { categories: one.categories } : {}),
});

function tableText(resources: readonly RestMapping[], format: string, noHeaders: boolean): string {
  const table = new TabWriter();
  const wide = format === 'wide';
  if (!noHeaders && format !== 'name') {
    table.line('NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', ...(wide ? ['VERBS', 'CATEGORIES'] : []));
  }
  for (const one of resources) {
    if (format === 'name') {
      table.line(one.group === '' ? one.resource : `${one.resource}.${one.group}`);
      continue;
    }
    table.line(
      one.resource,
      one.shortNames.join(','),
      apiVersion(one),
      String(one.namespaced),
      one.kind,
      ...(wide ? [one.verbs.join(','), one.categories.join(',')] : []),
    );
  }
  return table.flush();
}

export const apiVersions: Command = {
  use: 'api-versions',
  group: 'other',
  short: 'Print the supported API versions on the server, in the form of "group/version"',
  long: 'Lists the versions of all groups that the server offers.',
  example: 'kubectl api-versions',
  plainUseLine: true,
  run: function* ({ args, factory, out, path }) {
    if (args.length > 0) throw usageError(path, `unexpected arguments: ${goList(args)}`);
    const { versions } = yield* factory.discovery();
    const names = versions.map(({ group, version }) => (group === '' ? version : `${group}/${version}`));
    for (const name of [...new Set(names)].sort(compareStrings)) yield* out.line(name);
  },
};

import { errorText } from '../../apimachinery/error-text.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import { currentDriver, type Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { AggregateKubectlError, KubectlError, throwAll } from '../errors.ts';
import { readFileText } from '../files.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { isList, itemsOf, kindOf, metaOf, type Unstructured } from '../object.ts';
import { CustomColumnsPrinter } from '../printers/custom-columns.ts';
import {
  allowedFormats,
  namePrinter,
  noCompatiblePrinter,
  outputFormat,
  PrintError,
  structuredPrinter,
  templatePrinter,
} from '../printers/object-printer.ts';
import { sortByPath, sortList, sortTable } from '../printers/sorting.ts';
import { relaxedJsonPath } from '../printers/custom-columns.ts';
import { TablePrinter } from '../printers/table-printer.ts';
import { TabWriter } from '../printers/tab-writer.ts';
import { checkRawPath, rawRequest } from '../raw-http.ts';
import type { Output } from '../output.ts';
import { filenameFlags, filenameOptions, isFilenameSliceEmpty } from '../resource/filenames.ts';
import type { Info } from '../resource/info.ts';
import type { Result } from '../resource/result.ts';
import type { RestMapping } from '../rest/discovery.ts';
import { receiveBefore } from '../waiting.ts';
import { usageError } from '../usage.ts';

const formats = [...allowedFormats, 'custom-columns', 'custom-columns-file', 'wide'];

export const get: Command = {
  use: `get [(-o|--output=)${formats.join('|')}] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]`,
  group: 'intermediate',
  short: 'Display one or many resources',
  long: `Display one or many resources.

 Shows a table with the most important facts, or, with -o, whole objects or parts of them. Without --namespace or --all-namespaces only the current namespace is read.

Use "kubectl api-resources" for a complete list of supported resources.`,
  example: `# List all pods
kubectl get pods

# List pods with their nodes and addresses
kubectl get pods -o wide

# Print a deployment as YAML
kubectl get deployment web -o yaml

# Print one field
kubectl get pod web -o jsonpath='{.status.podIP}'

# Choose columns
kubectl get pods -o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[0].image

# Watch
kubectl get pods -w`,
  flags: [
    ...flagSpecs(`
      A/all-namespaces=false allow-missing-template-keys=true chunk-size=500 field-selector='' ignore-not-found=false
      L/label-columns=[] no-headers=false o/output='' output-watch-events=false raw='' l/selector='' server-print=true
      show-kind=false show-labels=false show-managed-fields=false sort-by='' subresource='' template='' w/watch=false
      watch-only=false
    `),
    ...filenameFlags,
  ],
  plainUseLine: true,
  completion: 'resource-type-and-name',
  suggestFor: ['list', 'ls'],
  run: runGet,
};

const tableAccept =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';

function* runGet(invocation: Invocation): Process<void> {
  const { flags, args } = invocation;
  const raw = flags.string('raw');
  if (raw !== '') {
    if (args.length > 0) throw new KubectlError('arguments may not be passed when --raw is specified');
    validateRaw(invocation, raw);
    return yield* rawRequest(invocation, { path: raw });
  }
  const watching = flags.bool('watch') || flags.bool('watch-only');
  if (!watching && args.length === 0 && isFilenameSliceEmpty(filenameOptions(flags))) yield* refuseNothing(invocation);
  if (flags.string('sort-by') !== '') {
    if (flags.bool('watch')) {
      yield* invocation.err.line('warning: --watch requested, --sort-by will be ignored for watch events received');
    } else if (flags.bool('watch-only')) {
      yield* invocation.err.line('warning: --watch-only requested, --sort-by will be ignored');
    }
  }
  validate(invocation);
  if (watching) return yield* watch(invocation);
  const result = yield* buildResult(invocation, false);
  if (flags.bool('ignore-not-found')) result.ignoreErrors(isNotFound);
  result.check();
  if (isHumanReadable(invocation)) yield* printTables(invocation, result);
  else yield* printGeneric(invocation, result);
}

function validateRaw({ flags }: Invocation, raw: string): void {
  if (flags.bool('watch') || flags.bool('watch-only') || flags.string('selector') !== '') {
    throw new KubectlError(
      '--raw may not be specified with other flags that filter the server request or alter the output',
    );
  }
  if (flags.string('output') !== '') throw new KubectlError('--raw and --output are mutually exclusive');
  checkRawPath(raw);
}

function validate({ flags }: Invocation): void {
  const output = flags.string('output');
  if (flags.bool('show-labels') && output !== '' && output !== 'wide') {
    throw new KubectlError(`--show-labels option cannot be used with ${output} printer`);
  }
  if (flags.bool('output-watch-events') && !flags.bool('watch') && !flags.bool('watch-only')) {
    throw new KubectlError('--output-watch-events option can only be used with --watch or --watch-only');
  }
}

function* refuseNothing({ err, path }: Invocation): Process<void> {
  yield* err.print(
    'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n',
  );
  throw usageError(
    path,
    'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).',
  );
}

function isHumanReadable({ flags }: Invocation): boolean {
  const output = flags.string('output');
  return output === 'wide' || (output === '' && flags.string('template') === '');
}

function usesServerPrint({ flags }: Invocation): boolean {
  const output = flags.string('output');
  if (output.includes('custom-columns') || output === 'yaml' || output.includes('json')) return false;
  return flags.bool('server-print');
}

function* buildResult(invocation: Invocation, watching: boolean): Process<Result> {
  const { factory, flags, args } = invocation;
  const asTable = usesServerPrint(invocation) && isHumanReadable(invocation);
  const sorted = flags.string('sort-by') !== '';
  const builder = factory
    .builder()
    .namespaceParam(factory.namespace)
    .defaultNamespace()
    .allNamespaces(flags.bool('all-namespaces'))
    .filenameParam(factory.namespaceIsExplicit && !flags.bool('all-namespaces'), filenameOptions(flags))
    .labelSelectorParam(flags.string('selector'))
    .fieldSelectorParam(flags.string('field-selector'))
    .requestChunksOf(sorted && !watching ? 0 : flags.int('chunk-size'))
    .resourceTypeOrNameArgs(true, ...args)
    .latest();
  if (asTable) builder.transformRequests({ accept: tableAccept }, sorted ? 'Object' : '');
  if (watching) builder.singleResourceType();
  else builder.subresource(flags.string('subresource')).continueOnError().flatten();
  return yield* builder.do();
}

const groupKindName = (mapping: RestMapping): string =>
  `${mapping.kind}${mapping.group === '' ? '' : `.${mapping.group}`}`.toLowerCase();

/** Prints one kind of thing for people. */
interface RowPrinter {
  print(object: Unstructured, out: TabWriter, eventType?: string): void;
}

function tablePrinterFor(
  invocation: Invocation,
  mapping: RestMapping | undefined,
  options: { readonly withNamespace: boolean; readonly withKind: boolean },
): RowPrinter {
  const { flags, context } = invocation;
  const withKind = options.withKind || flags.bool('show-kind');
  const printer = new TablePrinter(
    {
      noHeaders: flags.bool('no-headers'),
      withNamespace: options.withNamespace,
      withKind: withKind && mapping !== undefined ? groupKindName(mapping) : '',
      wide: flags.string('output') === 'wide',
      showLabels: flags.bool('show-labels'),
      columnLabels: flags.strings('label-columns'),
    },
    () => context.now(),
  );
  const sortBy = flags.string('sort-by');
  if (sortBy === '') return printer;
  return {
    print: (object, out, eventType) =>
      printer.print(object.kind === 'Table' ? sortTable(object, sortBy) : sortList(object, sortBy), out, eventType),
  };
}

function* printTables(invocation: Invocation, result: Result): Process<void> {
  const { flags, out, err, factory } = invocation;
  const errors: unknown[] = [];
  const { infos, error } = yield* result.infosAndError();
  if (error !== undefined) errors.push(error);
  const withKind = new Set(infos.map((info) => info.mapping)).size > 1;
  const ordered = orderAcross(infos, flags.string('sort-by'));
  let printer: RowPrinter | undefined;
  let lastMapping: RestMapping | undefined;
  let written = 0;
  let separate = false;
  let allNamespaced = !flags.bool('all-namespaces');
  const table = new TabWriter();
  const flush = function* (): Process<void> {
    const text = table.flush();
    if (text === '') return;
    if (separate) yield* out.line();
    separate = false;
    written += text.length;
    yield* out.print(text);
  };
  for (const info of ordered) {
    allNamespaced &&= info.isNamespaced;
    if (printer === undefined || lastMapping === undefined || info.mapping !== lastMapping) {
      yield* flush();
      table.forgetWidths();
      if (lastMapping !== undefined && !flags.bool('no-headers') && written > 0) separate = true;
      const withNamespace = flags.bool('all-namespaces') && info.mapping?.namespaced !== false;
      printer = tablePrinterFor(invocation, info.mapping, { withNamespace, withKind });
      lastMapping = info.mapping;
    }
    try {
      printer.print(info.object, table);
    } catch {
      // As upstream: what cannot be printed leaves no row, and is not reported.
    }
  }
  yield* flush();
  if (written === 0 && !flags.bool('ignore-not-found') && errors.length === 0) {
    yield* err.line(allNamespaced ? `No resources found in ${factory.namespace} namespace.` : 'No resources found');
  }
  throwAll(errors);
}

/** Several objects that were named are sorted among each other; rows of one list are sorted by its printer. */
function orderAcross(infos: readonly Info[], sortBy: string): readonly Info[] {
  if (sortBy === '' || infos.length < 2) return infos;
  let path = sortBy;
  try {
    path = relaxedJsonPath(sortBy);
  } catch {
    path = sortBy;
  }
  return sortByPath(infos, path, (info) => info.object);
}

function* printGeneric(invocation: Invocation, result: Result): Process<void> {
  const { flags } = invocation;
  const errors: unknown[] = [];
  const { infos, error } = yield* result.infosAndError();
  if (error !== undefined) {
    if (result.singleItemImplied) throw error;
    errors.push(error);
  }
  const [only] = infos;
  if (only === undefined && flags.bool('ignore-not-found')) return throwReduced(errors);
  const printer = genericPrinter(invocation);
  let object: Unstructured;
  if (!result.singleItemImplied || infos.length !== 1 || only === undefined) {
    object = listOf(infos.map((info) => info.object));
  } else
    object = isList(only.object)
      ? listOf(itemsOf(only.object), metaOf(only.object).resourceVersion ?? '')
      : only.object;
  try {
    yield* printer(object);
  } catch (failure) {
    errors.push(failure);
  }
  throwReduced(errors);
}

const listOf = (items: readonly Unstructured[], resourceVersion = ''): Unstructured => ({
  apiVersion: 'v1',
  kind: 'List',
  metadata: { resourceVersion },
  items,
});

/** Flattens; one error is thrown as it is. */
function throwReduced(errors: readonly unknown[]): void {
  const flat = (error: unknown): readonly unknown[] =>
    error instanceof AggregateKubectlError ? error.errors.flatMap(flat) : [error];
  const all = errors.flatMap(flat);
  if (all.length === 1) throw all[0];
  throwAll(all);
}

/** A printer of whole objects: JSON, YAML, names, templates, columns. @throws KubectlError for a format there is not */
function genericPrinter(invocation: Invocation): (object: Unstructured) => Process<void> {
  const { context, flags, out } = invocation;
  const format = outputFormat(flags);
  const sortBy = flags.string('sort-by');
  const sorted = (object: Unstructured) => (sortBy === '' ? object : sortList(object, sortBy));
  const columns = columnsPrinter(invocation, format);
  if (columns !== undefined) {
    return function* (object) {
      const table = new TabWriter();
      columns.print(sorted(object), table);
      yield* out.print(table.flush());
    };
  }
  const printer = templatePrinter(context, flags, format) ?? structuredPrinter(flags, format) ?? namePrinter(format);
  if (printer === undefined) throw noCompatiblePrinter(format, formats);
  return function* (object) {
    try {
      if (printer.pieces && isList(object)) yield* printPieces(out, printer.pieces(sorted(object)));
      else yield* out.print(printer.print(sorted(object)));
    } catch (error) {
      if (error instanceof PrintError) yield* out.print(error.printed);
      throw error;
    }
  };
}

const piecesAtOnce = 16_384;

/** What makes the text of many objects lets others run now and then: whoever reads it, and in a page the page. */
function* printPieces(out: Output, pieces: Iterable<string>): Process<void> {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < piecesAtOnce) continue;
    yield* out.print(text);
    text = '';
  }
  yield* out.print(text);
}

function columnsPrinter({ flags, context }: Invocation, format: string): CustomColumnsPrinter | undefined {
  const [name = '', ...rest] = format.split('=');
  const value = flags.string('template') || rest.join('=');
  if (name === 'custom-columns') return CustomColumnsPrinter.fromSpec(value, flags.bool('no-headers'));
  if (name !== 'custom-columns-file') return undefined;
  if (value === '') throw new KubectlError('custom-columns format specified but no custom columns given');
  try {
    return CustomColumnsPrinter.fromTemplate(readFileText(context, value));
  } catch (error) {
    if (/^(?:open|read) /.test(errorText(error))) {
      throw new KubectlError(`error reading template ${value}, ${errorText(error)}\n`);
    }
    throw error;
  }
}

function* watch(invocation: Invocation): Process<void> {
  const { flags, out, factory } = invocation;
  const result = yield* buildResult(invocation, true);
  result.check();
  const { infos, error } = yield* result.infosAndError();
  if (error !== undefined) {
    if (isNotFound(error) && flags.bool('ignore-not-found')) return;
    throw error;
  }
  const [info] = infos;
  if (info === undefined) return;
  const print = watchPrinter(invocation, info.mapping);
  const object = yield* result.object();
  const asList = isList(object) || (object.kind === 'Table' && info.name === '');
  if (!flags.bool('watch-only')) {
    for (const one of isList(object) ? itemsOf(object) : [object]) yield* print(one, 'ADDED');
  }
  let first = !asList;
  const rv = asList ? (metaOf(object).resourceVersion ?? '') : '0';
  const stream = yield* result.watch(rv);
  const { timeoutMs } = factory.rest;
  const deadline = timeoutMs > 0 ? (yield* currentDriver()).now() + timeoutMs : undefined;
  try {
    for (;;) {
      const event = yield* deadline === undefined ? stream.events.receive() : receiveBefore(stream.events, deadline);
      if (event === undefined || event === 'timeout') return;
      if (event.type === 'END') {
        if (event.error !== undefined) throw event.error;
        return;
      }
      yield* factory.rest.showWarnings();
      if (event.type === 'BOOKMARK') continue;
      if (event.type === 'ERROR') throw new KubectlError(errorText((event.object as { message?: string }).message));
      // The first event of a single object repeats what has been printed.
      if (!first) yield* print(event.object as Unstructured, event.type);
      first = false;
    }
  } finally {
    stream.stop();
    yield* out.print('');
  }
}

function watchPrinter(
  invocation: Invocation,
  mapping: RestMapping | undefined,
): (object: Unstructured, type: string) => Process<void> {
  const { flags, out } = invocation;
  const withEvents = flags.bool('output-watch-events');
  if (isHumanReadable(invocation)) {
    const printer = tablePrinterFor(invocation, mapping, {
      withNamespace: flags.bool('all-namespaces') && mapping?.namespaced !== false,
      withKind: false,
    });
    const table = new TabWriter();
    return function* (object, type) {
      printer.print(object, table, withEvents ? type : '');
      yield* out.print(table.flush());
    };
  }
  const generic = genericPrinter(invocation);
  return function* (object, type) {
    const wrap = withEvents && kindOf(object).kind !== '' && flags.string('output') !== 'name';
    yield* generic(wrap ? { type, object } : object);
  };
}

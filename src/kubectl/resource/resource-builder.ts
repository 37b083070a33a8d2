import { errorText } from '../../apimachinery/error-text.ts';
import { parseSelector } from '../../apimachinery/labels.ts';
import type { Process } from '../../process/process.ts';
import { AggregateKubectlError, ConnectionError, KubectlError } from '../errors.ts';
import type { Factory } from '../factory.ts';
import { metaOf } from '../object.ts';
import type { RestMapping } from '../rest/discovery.ts';
import { DocumentReader } from './document-reader.ts';
import { readAll } from '../files.ts';
import { expandPath, type FilenameOptions, filesUnder } from './filenames.ts';
import { Info } from './info.ts';
import {
  hasCombinedTypeArgs,
  normalizeMultipleResourcesArgs,
  type ResourceTuple,
  splitResourceArgument,
  splitResourceTypeName,
} from './resource-arguments.ts';
import { Result, type Source } from './result.ts';
import { selectorSource } from './selector-source.ts';

const missingResource = 'You must provide one or more resources by argument or filename.';
const missingResourceError = `${missingResource}
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;

/**
 * Gathers what a command shall work on: files, standard input, types and names, selectors.
 *
 * Upstream: cli-runtime/pkg/resource/builder.go Builder (v1.36)
 */
export class ResourceBuilder {
  readonly factory: Factory;
  readonly errors: unknown[] = [];
  readonly #documents: DocumentReader;
  readonly #sources: Source[] = [];
  #resources: string[] = [];
  #names: string[] = [];
  #tuples: ResourceTuple[] = [];
  #pendingArgs: { readonly args: readonly string[]; readonly allowEmptySelector: boolean } | undefined;
  #labelSelector: string | undefined;
  #fieldSelector: string | undefined;
  #selectAll = false;
  #namespace = '';
  #defaultNamespace = false;
  #requireNamespace = false;
  #allNamespaces = false;
  #limit = 0;
  #subresource = '';
  #includeObject = '';
  #flatten = false;
  #latest = false;
  #continueOnError = false;
  #requireObject = true;
  #singleResourceType = false;
  #singleItemImplied = false;
  #isDirectory = false;
  #isStream = false;
  #stdinInUse = false;
  #stdin: () => Process<Uint8Array>;

  constructor(factory: Factory) {
    this.factory = factory;
    this.#documents = new DocumentReader(factory);
    this.#stdin = () => readAll(factory.context.stdin);
  }

  /** Checks that documents have a kind and a version before they are used. */
  schema(validate: boolean): this {
    this.#documents.validate = validate;
    return this;
  }
  local(local = true): this {
    this.#documents.local = local;
    return this;
  }
  namespaceParam(namespace: string): this {
    this.#namespace = namespace;
    return this;
  }
  defaultNamespace(): this {
    this.#defaultNamespace = true;
    return this;
  }
  allNamespaces(all: boolean): this {
    if (all) this.#namespace = '';
    this.#allNamespaces = all;
    return this;
  }
  requireNamespace(): this {
    this.#requireNamespace = true;
    return this;
  }
  requestChunksOf(limit: number): this {
    this.#limit = limit;
    return this;
  }
  subresource(subresource: string): this {
    this.#subresource = subresource;
    return this;
  }
  /** Headers of reads, and whether tables carry whole objects. */
  transformRequests(headers: Readonly<Record<string, string>>, includeObject = ''): this {
    this.#documents.headers = headers;
    this.#includeObject = includeObject;
    return this;
  }
  flatten(): this {
    this.#flatten = true;
    return this;
  }
  latest(): this {
    this.#latest = true;
    return this;
  }
  continueOnError(): this {
    this.#continueOnError = true;
    return this;
  }
  requireObject(require: boolean): this {
    this.#requireObject = require;
    return this;
  }
  singleResourceType(): this {
    this.#singleResourceType = true;
    return this;
  }
  /** What stands for standard input, when something has read it before. */
  stdin(read: () => Process<Uint8Array>): this {
    this.#stdin = read;
    return this;
  }
  /** Standard input is used by something else, too. */
  stdinInUse(): this {
    if (this.#stdinInUse) this.#fail('standard input cannot be used for multiple arguments');
    this.#stdinInUse = true;
    return this;
  }
  #fail(message: string): void {
    this.errors.push(new KubectlError(message));
  }

  labelSelectorParam(text: string): this {
    const selector = text.trim();
    if (selector === '') return this;
    if (this.#selectAll)
      this.#fail(`found non-empty label selector ${JSON.stringify(text)} with previously set 'all' parameter. `);
    else this.#labelSelector = selector;
    return this;
  }
  fieldSelectorParam(text: string): this {
    const selector = text.trim();
    if (selector === '') return this;
    if (this.#selectAll)
      this.#fail(`found non-empty field selector ${JSON.stringify(selector)} with previously set 'all' parameter. `);
    else this.#fieldSelector = selector;
    return this;
  }
  selectAllParam(all: boolean): this {
    if (all && (this.#labelSelector !== undefined || this.#fieldSelector !== undefined)) {
      this.#fail("setting 'all' parameter but found a non empty selector. ");
      return this;
    }
    this.#selectAll = all;
    return this;
  }

  filenameParam(enforceNamespace: boolean, options: FilenameOptions): this {
    if (options.filenames.length > 0 && options.kustomize !== '') this.#fail('only one of -f or -k can be specified');
    if (options.kustomize !== '' && options.recursive) this.#fail("the -k flag can't be used with -f or -R");
    if (this.errors.length > 0) return this;
    for (const name of options.filenames) this.#filename(name, options.recursive);
    if (options.kustomize !== '') this.#sources.push(this.#documents.kustomization(options.kustomize));
    if (enforceNamespace) this.requireNamespace();
    return this;
  }

  #filename(name: string, recursive: boolean): void {
    if (name === '-') {
      this.#isStream = true;
      this.stdinInUse();
      this.#sources.push(this.#documents.stream('STDIN', () => this.#stdin()));
      return;
    }
    if (/^https?:\/\//.test(name)) {
      const host = /^https?:\/\/([^/]*)/.exec(name)?.[1] ?? name;
      this.errors.push(
        new ConnectionError(
          `The connection to the server ${host} was refused - did you specify the right host or port?`,
        ),
      );
      return;
    }
    try {
      const matches = expandPath(this.factory.context, name);
      if (!recursive && matches.length === 1) this.#singleItemImplied = true;
      for (const match of matches) this.#path(match, recursive);
    } catch (error) {
      this.errors.push(error);
    }
  }

  #path(path: string, recursive: boolean): void {
    const files = filesUnder(this.factory.context, path, recursive);
    if (files.length > 1) this.#isDirectory = true;
    for (const file of files) {
      this.#sources.push(
        this.#documents.stream(
          file,
          function* (this: ResourceBuilder): Process<Uint8Array> {
            return this.factory.context.fs.readFile(absolute(this.factory, file));
          }.bind(this),
        ),
      );
    }
    if (this.#sources.length === 0 && this.errors.length === 0) {
      this.#fail(`error reading [${path}]: recognized file extensions are [.json .yaml .yml]`);
    }
  }

  /** The documents of a text. */
  stream(text: string, source: string): this {
    // biome-ignore lint/correctness/useYield: a process that never waits
    this.#sources.push(
      this.#documents.stream(source, function* () {
        return new TextEncoder().encode(text);
      }),
    );
    return this;
  }

  resourceTypes(...types: readonly string[]): this {
    this.#resources.push(...types);
    return this;
  }

  /** Names, each of a default type unless it says `type/name`. */
  resourceNames(resource: string, ...names: readonly string[]): this {
    for (const name of names) {
      try {
        const tuple = splitResourceTypeName(name);
        if (tuple !== undefined) this.#tuples.push(tuple);
        else if (resource === '') this.#fail(`the argument ${JSON.stringify(name)} must be RESOURCE/NAME`);
        else this.#tuples.push({ resource, name });
      } catch (error) {
        this.errors.push(error);
        return this;
      }
    }
    return this;
  }

  /** `type[,type…]`, `type name…`, or `type/name…`. */
  resourceTypeOrNameArgs(allowEmptySelector: boolean, ...args: readonly string[]): this {
    this.#pendingArgs = { args, allowEmptySelector };
    return this;
  }

  *#takeArgs(): Process<void> {
    if (this.#pendingArgs === undefined) return;
    const args = normalizeMultipleResourcesArgs(this.#pendingArgs.args);
    try {
      if (hasCombinedTypeArgs(args, this.factory.context.argv[0] ?? 'kubectl')) {
        for (const argument of args) {
          const tuple = splitResourceTypeName(argument);
          if (tuple !== undefined) this.#tuples.push(tuple);
        }
        return;
      }
    } catch (error) {
      this.errors.push(error);
      return;
    }
    const [types, ...names] = args;
    if (types === undefined) return;
    const expanded = this.#documents.local ? types : yield* this.#replaceAliases(types);
    this.#names.push(...names);
    this.#resources.push(...splitResourceArgument(expanded));
    if (names.length === 0 && this.#labelSelector === undefined && this.#pendingArgs.allowEmptySelector) {
      this.#labelSelector = '';
    }
  }

  *#replaceAliases(types: string): Process<string> {
    const discovery = yield* this.factory.discovery();
    return types
      .split(',')
      .map((type) => discovery.expandCategory(type)?.join(',') ?? type)
      .join(',');
  }

  /** Finds out what is meant; nothing but discovery is asked yet. */
  *do(): Process<Result> {
    yield* this.#takeArgs();
    const result = new Result({
      factory: this.factory,
      defaultNamespace: this.#defaultNamespace ? this.#namespace : undefined,
      requiredNamespace: this.#requireNamespace ? this.#namespace : undefined,
      requireObject: this.#requireObject,
      continueOnError: this.#continueOnError,
      flatten: this.#flatten,
      infoForItem: (object, source) => this.#documents.infoFor(object, source),
    });
    try {
      if (this.errors.length > 0) throw new AggregateKubectlError(this.errors);
      yield* this.#fill(result);
    } catch (error) {
      result.error = error;
    }
    return result;
  }

  *#fill(result: Result): Process<void> {
    if (this.#selectAll) this.#labelSelector = '';
    if (this.#sources.length > 0) return this.#fillByPaths(result);
    if (this.#labelSelector !== undefined || this.#fieldSelector !== undefined)
      return yield* this.#fillBySelector(result);
    if (this.#tuples.length > 0) return yield* this.#fillByTuples(result);
    if (this.#names.length > 0) return yield* this.#fillByNames(result);
    for (const resource of this.#resources) yield* this.#mappingFor(resource);
    if (this.#resources.length > 0) throw new KubectlError('resource(s) were provided, but no name was specified');
    throw new KubectlError(missingResourceError);
  }

  *#mappingFor(argument: string): Process<RestMapping> {
    const mapping = (yield* this.factory.discovery()).lookup(argument);
    if (mapping !== undefined) return mapping;
    throw new KubectlError(`the server doesn't have a resource type ${JSON.stringify(argument.split('.')[0] ?? '')}`);
  }

  *#resourceMappings(): Process<RestMapping[]> {
    if (this.#resources.length > 1 && this.#singleResourceType) {
      throw new KubectlError('you may only specify a single resource type');
    }
    const out: RestMapping[] = [];
    for (const resource of this.#resources) {
      const mapping = yield* this.#mappingFor(resource);
      if (!out.includes(mapping)) out.push(mapping);
    }
    return out;
  }

  #fillByPaths(result: Result): void {
    if (this.#resources.length > 0) {
      throw new KubectlError(
        'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
      );
    }
    if (this.#names.length > 0) throw new KubectlError('name cannot be provided when a path is specified');
    if (this.#tuples.length > 0)
      throw new KubectlError('resource/name arguments cannot be provided when a path is specified');
    result.singleItemImplied = !this.#isDirectory && !this.#isStream && this.#sources.length === 1;
    result.targetsSingleItems = true;
    result.sources = this.#sources;
    result.latestNamespace = this.#latest ? (this.#defaultNamespace ? this.#namespace : '') : undefined;
    if (this.#labelSelector !== undefined && this.#labelSelector !== '') {
      try {
        const selector = parseSelector(this.#labelSelector);
        result.filter = (info) => selector.matches(metaOf(info.object).labels ?? {});
      } catch (error) {
        throw new KubectlError(
          `the provided selector ${JSON.stringify(this.#labelSelector)} is not valid: ${errorText(error)}`,
        );
      }
    }
  }

  *#fillBySelector(result: Result): Process<void> {
    if (this.#names.length > 0) throw new KubectlError('name cannot be provided when a selector is specified');
    if (this.#tuples.length > 0) {
      throw new KubectlError('selectors and the all flag cannot be used when passing resource/name arguments');
    }
    if (this.#resources.length === 0)
      throw new KubectlError('at least one resource must be specified to use a selector');
    if (this.#subresource !== '')
      throw new KubectlError('subresource cannot be used when bulk resources are specified');
    for (const mapping of yield* this.#resourceMappings()) {
      result.sources.push(
        selectorSource(this.factory, {
          mapping,
          namespace: mapping.namespaced ? this.#namespace : '',
          labelSelector: this.#labelSelector ?? '',
          fieldSelector: this.#fieldSelector ?? '',
          limit: this.#limit,
          headers: this.#documents.headers,
          includeObject: this.#includeObject,
        }),
      );
    }
  }

  *#fillByTuples(result: Result): Process<void> {
    result.singleItemImplied = this.#singleItemImplied || this.#tuples.length === 1;
    result.targetsSingleItems = true;
    if (this.#resources.length > 0) {
      throw new KubectlError('you may not specify individual resources and bulk resources in the same call');
    }
    const mappings: RestMapping[] = [];
    for (const tuple of this.#tuples) mappings.push(yield* this.#mappingFor(tuple.resource));
    if (this.#singleResourceType && new Set(mappings).size > 1) {
      throw new KubectlError('you may only specify a single resource type');
    }
    this.#tuples.forEach((tuple, index) => {
      const mapping = mappings[index];
      if (mapping) result.sources.push(this.#nameSource(mapping, tuple.name));
    });
  }

  *#fillByNames(result: Result): Process<void> {
    result.singleItemImplied = this.#names.length === 1;
    result.targetsSingleItems = true;
    if (this.#resources.length === 0)
      throw new KubectlError('you must provide a resource and a resource name together');
    if (this.#resources.length > 1) throw new KubectlError('you must specify only one resource');
    const [mapping] = yield* this.#resourceMappings();
    if (mapping === undefined) return;
    for (const name of this.#names) result.sources.push(this.#nameSource(mapping, name));
  }

  #nameSource(mapping: RestMapping, name: string): Source {
    if (mapping.namespaced && this.#namespace === '') {
      throw new KubectlError(
        this.#allNamespaces
          ? 'a resource cannot be retrieved by name across all namespaces'
          : 'namespace may not be empty when retrieving a resource by name',
      );
    }
    const info = new Info(this.factory, {
      mapping,
      name,
      namespace: mapping.namespaced ? this.#namespace : '',
      subresource: this.#subresource,
      headers: this.#documents.headers,
    });
    return {
      mapping,
      *visit(emit) {
        yield* emit(info);
      },
    };
  }
}

const absolute = (factory: Factory, path: string): string =>
  path.startsWith('/') ? path : `${factory.context.cwd}/${path}`;

import type { Process } from '../../process/process.ts';
import { AggregateKubectlError, KubectlError } from '../errors.ts';
import type { Factory } from '../factory.ts';
import { isList, itemsOf, metaOf, type Unstructured } from '../object.ts';
import type { RestMapping } from '../rest/discovery.ts';
import { type WatchMessage, withQuery } from '../rest/rest-client.ts';
import type { Channel } from '../../process/channel.ts';
import type { Info } from './info.ts';

/** Where things come from: one file, one name, one selector. */
export interface Source {
  readonly mapping: RestMapping | undefined;
  /** Gives each thing to `emit`; what cannot be understood goes to `fail`. */
  visit(emit: (info: Info) => Process<void>, fail: (error: unknown) => void): Process<void>;
  /** Present when the source can be watched as a whole. */
  readonly watch?: (resourceVersion: string) => Watch;
}

export interface Watch {
  readonly events: Channel<WatchMessage>;
  stop(): void;
}

interface ResultOptions {
  readonly factory: Factory;
  readonly defaultNamespace: string | undefined;
  readonly requiredNamespace: string | undefined;
  readonly requireObject: boolean;
  readonly continueOnError: boolean;
  readonly flatten: boolean;
  readonly infoForItem: (object: Unstructured, source: string) => Process<Info>;
}

/**
 * What a builder found. Nothing is read before `visit` or `infos`.
 *
 * Upstream: cli-runtime/pkg/resource/result.go, visitor.go (v1.36)
 */
export class Result {
  readonly #options: ResultOptions;
  error: unknown;
  singleItemImplied = false;
  targetsSingleItems = false;
  sources: Source[] = [];
  filter: ((info: Info) => boolean) | undefined;
  /** Set when files are to be replaced by what the server holds: the default namespace. */
  latestNamespace: string | undefined;
  #ignored: ((error: unknown) => boolean)[] = [];
  #infos: Info[] | undefined;

  constructor(options: ResultOptions) {
    this.#options = options;
  }

  /** Throws what is wrong with the command line. */
  check(): void {
    if (this.error !== undefined) throw this.error;
  }

  ignoreErrors(matches: (error: unknown) => boolean): this {
    this.#ignored.push(matches);
    return this;
  }

  /**
   * Gives each thing to the visitor. When errors do not stop it, those of the sources are thrown as one beside those of the visitor.
   *
   * @throws the first error, or all of them
   */
  *visit(visitor: (info: Info) => Process<void>): Process<void> {
    this.check();
    const { continueOnError } = this.#options;
    const ofVisitor: unknown[] = [];
    const ofSources: unknown[] = [];
    const collect = (errors: unknown[]) => (error: unknown) => {
      if (!continueOnError) throw error;
      errors.push(error);
    };
    const fail = collect(ofSources);
    const emit = (info: Info) => this.#emit(info, visitor, fail, collect(ofVisitor));
    for (const source of this.sources) {
      try {
        yield* source.visit(emit, fail);
      } catch (error) {
        if (!continueOnError) return this.#throw(error);
        ofSources.push(error);
      }
    }
    const errors = ofSources.length === 0 ? ofVisitor : [...ofVisitor, new AggregateKubectlError(ofSources)];
    if (errors.length > 0) this.#throw(errors.length === 1 ? errors[0] : new AggregateKubectlError(errors));
  }

  #throw(error: unknown): void {
    const left = filterOut(error, this.#ignored);
    if (left !== undefined) throw left;
  }

  *#emit(
    info: Info,
    visitor: (info: Info) => Process<void>,
    fail: (error: unknown) => void,
    failVisit: (error: unknown) => void,
  ): Process<void> {
    try {
      if (this.latestNamespace !== undefined) yield* this.#retrieveLatest(info);
      if (this.filter !== undefined && !this.filter(info)) return;
    } catch (error) {
      return fail(error);
    }
    if (this.#options.flatten && info.hasObject && isList(info.object)) {
      return yield* this.#emitItems(info, visitor, fail, failVisit);
    }
    try {
      yield* this.#decorate(info, visitor);
    } catch (error) {
      failVisit(error);
    }
  }

  *#retrieveLatest(info: Info): Process<void> {
    if (this.#options.flatten && isList(info.object)) {
      const items: Unstructured[] = [];
      for (const item of itemsOf(info.object)) {
        const one = yield* this.#options.infoForItem(item, info.source);
        yield* this.#retrieveLatest(one);
        items.push(one.object);
      }
      info.object = { ...info.object, items };
      return;
    }
    if (isList(info.object)) {
      throw new KubectlError(
        'watch is only supported on individual resources and resource collections, but a list of resources is found',
      );
    }
    this.#setNamespace(info, this.latestNamespace);
    if (!info.isNamespaced) info.setNamespace('');
    if (info.name === '') return;
    yield* info.get();
  }

  *#emitItems(
    list: Info,
    visitor: (info: Info) => Process<void>,
    fail: (error: unknown) => void,
    failVisit: (error: unknown) => void,
  ): Process<void> {
    const errors: unknown[] = [];
    const flat = (object: Unstructured): Unstructured[] => (isList(object) ? itemsOf(object).flatMap(flat) : [object]);
    for (const item of flat(list.object)) {
      let info: Info;
      try {
        info = yield* this.#options.infoForItem(item, list.source);
      } catch (error) {
        errors.push(error);
        continue;
      }
      try {
        yield* this.#decorate(info, visitor);
      } catch (error) {
        if (this.#options.continueOnError) failVisit(error);
        else errors.push(error);
      }
    }
    if (errors.length > 0) fail(new AggregateKubectlError(errors));
  }

  *#decorate(info: Info, visitor: (info: Info) => Process<void>): Process<void> {
    this.#setNamespace(info, this.#options.defaultNamespace);
    this.#requireNamespace(info);
    if (!info.isNamespaced && info.namespace !== '') info.setNamespace('');
    if (this.#options.requireObject && !info.hasObject) yield* info.get();
    yield* visitor(info);
  }

  #setNamespace(info: Info, namespace: string | undefined): void {
    if (namespace !== undefined && info.isNamespaced && info.namespace === '') info.setNamespace(namespace);
  }

  #requireNamespace(info: Info): void {
    const namespace = this.#options.requiredNamespace;
    if (namespace === undefined || !info.isNamespaced) return;
    if (info.namespace === '') return info.setNamespace(namespace);
    if (info.namespace === namespace) return;
    throw new KubectlError(
      `the namespace from the provided object ${JSON.stringify(info.namespace)} does not match the namespace ${JSON.stringify(namespace)}. You must pass '--namespace=${info.namespace}' to perform this operation.`,
    );
  }

  /** All things; read once. The error, if any, comes beside what was found. */
  *infosAndError(): Process<{ readonly infos: readonly Info[]; readonly error: unknown }> {
    if (this.error !== undefined) return { infos: [], error: this.error };
    if (this.#infos !== undefined) return { infos: this.#infos, error: undefined };
    const infos: Info[] = [];
    try {
      yield* this.visit(function* (info) {
        infos.push(info);
      });
      this.#infos = infos;
      return { infos, error: undefined };
    } catch (error) {
      return { infos, error };
    }
  }

  /** @throws what could not be read */
  *infos(): Process<readonly Info[]> {
    const { infos, error } = yield* this.infosAndError();
    if (error !== undefined) throw error;
    return infos;
  }

  /** The one object, or a list of all. */
  *object(): Process<Unstructured> {
    const infos = yield* this.infos();
    const [only] = infos;
    if (infos.length === 1 && only !== undefined && (this.singleItemImplied || isList(only.object))) return only.object;
    const versions = new Set(infos.map((info) => metaOf(info.object).resourceVersion ?? ''));
    const [version = ''] = versions.size === 1 ? versions : [];
    return {
      apiVersion: 'v1',
      kind: 'List',
      metadata: { resourceVersion: version } as Unstructured['metadata'] & object,
      items: infos.map((info) => info.object),
    };
  }

  /** @throws KubectlError unless all sources are of one resource */
  resourceMapping(): RestMapping {
    this.check();
    const mappings = new Set(this.sources.map((source) => source.mapping));
    const [mapping] = mappings;
    if (mappings.size !== 1 || mapping === undefined) throw new KubectlError('expected only a single resource type');
    return mapping;
  }

  /** Watches the one source. */
  *watch(resourceVersion: string): Process<Watch> {
    this.check();
    const [source] = this.sources;
    if (source === undefined || this.sources.length !== 1) {
      throw new KubectlError('you may only watch a single resource or type of resource at a time');
    }
    if (source.watch) return source.watch(resourceVersion);
    const infos = yield* this.infos();
    const [info] = infos;
    if (info === undefined || infos.length !== 1) {
      throw new KubectlError(
        `watch is only supported on individual resources and resource collections - ${infos.length} resources were found`,
      );
    }
    return watchSingle(info, resourceVersion);
  }
}

/** Watches one object. */
export function watchSingle(info: Info, resourceVersion: string): Watch {
  const path = withQuery(info.helper({ subresource: '' }).path(info.namespace), {
    fieldSelector: `metadata.name=${info.name}`,
    resourceVersion: resourceVersion === '' ? undefined : resourceVersion,
    watch: true,
  });
  return info.factory.rest.watch(path, info.headers);
}

/** What is left of an error when matching ones are taken out. */
export function filterOut(error: unknown, ignored: readonly ((error: unknown) => boolean)[]): unknown {
  if (ignored.length === 0) return error;
  if (error instanceof AggregateKubectlError) {
    const left = error.errors.map((one) => filterOut(one, ignored)).filter((one) => one !== undefined);
    return left.length === 0 ? undefined : new AggregateKubectlError(left);
  }
  return ignored.some((matches) => matches(error)) ? undefined : error;
}

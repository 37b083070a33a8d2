import { errorText } from '../../apimachinery/error-text.ts';
import { gvkOf } from '../../apimachinery/resource-ref.ts';
import type { Process } from '../../process/process.ts';
import { KubectlError } from '../errors.ts';
import type { Factory } from '../factory.ts';
import { buildKustomization } from '../kustomize/kustomize.ts';
import { metaOf, type Unstructured } from '../object.ts';
import type { RestMapping } from '../rest/discovery.ts';
import { decodeDocuments, objectFromDocument } from './decode.ts';
import { Info } from './info.ts';
import type { Source } from './result.ts';

/** `kind: List` is in no discovery, and understood nevertheless. */
const listMapping: RestMapping = {
  group: '',
  version: 'v1',
  kind: 'List',
  resource: 'lists',
  singular: 'list',
  namespaced: false,
  shortNames: [],
  categories: [],
  verbs: [],
  subresources: [],
};

/**
 * Makes infos of documents: finds out what resource each object belongs to.
 * Upstream: cli-runtime/pkg/resource/mapper.go mapper, visitor.go StreamVisitor, KustomizeVisitor (v1.36)
 */
export class DocumentReader {
  /** Asks no server, so that infos have no mapping. */
  local = false;
  /** Checks that documents have a kind and a version. */
  validate = false;
  /** Headers of what infos ask the server later. */
  headers: Readonly<Record<string, string>> = {};
  readonly #factory: Factory;

  constructor(factory: Factory) {
    this.#factory = factory;
  }

  /** The objects of a text that `read` gives; `source` names it in messages. */
  stream(source: string, read: () => Process<Uint8Array>): Source {
    const reader = this;
    return {
      mapping: undefined,
      *visit(emit, fail) {
        const text = new TextDecoder().decode(yield* read());
        yield* reader.#visitDocuments(text, source, emit, fail);
      },
    };
  }

  /** The objects that a kustomization directory makes; its warnings go to stderr. */
  kustomization(directory: string): Source {
    const reader = this;
    return {
      mapping: undefined,
      *visit(emit, fail) {
        const { text, warnings } = buildKustomization(reader.#factory.context, directory);
        if (warnings !== '') yield* reader.#factory.context.stderr.write(new TextEncoder().encode(warnings));
        yield* reader.#visitDocuments(text, directory, emit, fail);
      },
    };
  }

  *#visitDocuments(
    text: string,
    source: string,
    emit: (info: Info) => Process<void>,
    fail: (error: unknown) => void,
  ): Process<void> {
    for (const document of decodeDocuments(text, source)) {
      if (document === null || document === undefined) continue;
      let info: Info;
      try {
        const object = objectFromDocument(document, source, this.validate);
        info = yield* this.infoFor(object, source);
      } catch (error) {
        fail(error);
        continue;
      }
      yield* emit(info);
    }
  }

  /** @throws KubectlError when the server knows no such kind */
  *infoFor(object: Unstructured, source: string): Process<Info> {
    const { name = '', namespace = '' } = metaOf(object);
    if (this.local) return new Info(this.#factory, { mapping: undefined, name, namespace, source, object });
    const gvk = gvkOf(object);
    const discovery = yield* this.#factory.discovery();
    let mapping: RestMapping;
    try {
      mapping = gvk.kind === 'List' ? listMapping : discovery.mappingFor(gvk);
    } catch (error) {
      if (source === '') throw new KubectlError(`unable to recognize ${errorText(error)}`);
      throw new KubectlError(
        `resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(namespace)} from ${JSON.stringify(source)}: ${errorText(error)}\nensure CRDs are installed first`,
      );
    }
    return new Info(this.#factory, { mapping, name, namespace, source, object, headers: this.headers });
  }
}

import { StatusError } from '../../apimachinery/status-error.ts';
import { quote } from '../../apimachinery/go-format.ts';
import type { Process } from '../../process/process.ts';
import type { Factory } from '../factory.ts';
import { isList, type Unstructured } from '../object.ts';
import type { RestMapping } from '../rest/discovery.ts';
import { withQuery } from '../rest/rest-client.ts';
import { Info } from './info.ts';
import type { Source } from './result.ts';

export interface SelectorOptions {
  readonly mapping: RestMapping;
  readonly namespace: string;
  readonly labelSelector: string;
  readonly fieldSelector: string;
  readonly limit: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly includeObject: string;
}

/** All objects of a resource that match selectors, list by list. Upstream: cli-runtime/pkg/resource/selector.go (v1.36) */
export function selectorSource(factory: Factory, options: SelectorOptions): Source {
  const { mapping, namespace, labelSelector, fieldSelector, limit, headers, includeObject } = options;
  const selectors = { labelSelector, fieldSelector };
  return {
    mapping,
    *visit(emit) {
      let next = '';
      do {
        const list: Unstructured = yield* listOnce(factory, options, next);
        next = (list.metadata as { continue?: string } | undefined)?.continue ?? '';
        const typed = isList(list) || list.kind === 'Table' ? list : { ...list, items: list['items'] ?? [] };
        yield* emit(new Info(factory, { mapping, namespace, name: '', object: typed, headers }));
      } while (next !== '');
    },
    watch(resourceVersion) {
      const path = withQuery(factory.helper(mapping).path(namespace), {
        ...selectors,
        includeObject,
        resourceVersion,
        watch: true,
      });
      return factory.rest.watch(path, headers);
    },
  };

  function* listOnce(using: Factory, _options: SelectorOptions, next: string): Process<Unstructured> {
    try {
      const query = { ...selectors, includeObject, limit, continue: next };
      return yield* using.helper(mapping).list(namespace, query, headers);
    } catch (error) {
      throw enhanceListError(error, selectors, mapping);
    }
  }
}

/** Upstream: cli-runtime/pkg/resource/helper.go EnhanceListError (v1.36) */
function enhanceListError(
  error: unknown,
  selectors: { readonly labelSelector: string; readonly fieldSelector: string },
  mapping: RestMapping,
): unknown {
  if (!(error instanceof StatusError) || (error.reason !== 'BadRequest' && error.reason !== 'NotFound')) return error;
  const subject = `${mapping.group}/${mapping.version}, Resource=${mapping.resource}`;
  const message = `Unable to list ${quote(subject)}: ${error.message}`;
  if (selectors.labelSelector === '' && selectors.fieldSelector === '')
    return new StatusError({ ...error.status, message });
  const found = `Unable to find ${quote(subject)} that match label selector ${quote(selectors.labelSelector)}, field selector ${quote(selectors.fieldSelector)}: ${error.message}`;
  return new StatusError({ ...error.status, message: found });
}

import { KubectlError } from '../errors.ts';
import { formatValue } from '../../apimachinery/go-format.ts';
import { isList, itemsOf, type Unstructured } from '../object.ts';
import { JsonPathTemplate } from './json-path-template.ts';
import type { TabWriter } from './tab-writer.ts';
import { escapeTerminal } from './table-printer.ts';

interface Column {
  readonly header: string;
  readonly template: JsonPathTemplate;
}

/** `metadata.name`, `.metadata.name` and `{metadata.name}` as `{.metadata.name}`. @throws KubectlError */
export function relaxedJsonPath(text: string): string {
  if (text === '') return text;
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(text);
  if (!match) {
    throw new KubectlError(
      "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'",
    );
  }
  return `{.${match[1] ?? match[2] ?? ''}}`;
}

/** Prints columns given as JSONPath. Upstream: kubectl/pkg/cmd/get/customcolumn.go (v1.36) */
export class CustomColumnsPrinter {
  readonly #columns: readonly Column[];
  readonly #noHeaders: boolean;
  #lastType: 'list' | 'object' | undefined;

  private constructor(columns: readonly Column[], noHeaders: boolean) {
    this.#columns = columns;
    this.#noHeaders = noHeaders;
  }

  /** `NAME:.metadata.name,AGE:…`. @throws KubectlError */
  static fromSpec(spec: string, noHeaders: boolean): CustomColumnsPrinter {
    if (spec === '') throw new KubectlError('custom-columns format specified but no custom columns given');
    const columns = spec.split(',').map((part) => {
      const colon = part.indexOf(':');
      if (colon < 0) {
        throw new KubectlError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
      }
      return column(part.slice(0, colon), part.slice(colon + 1));
    });
    return new CustomColumnsPrinter(columns, noHeaders);
  }

  /** Two lines: headers, then paths. @throws KubectlError */
  static fromTemplate(text: string): CustomColumnsPrinter {
    const expected =
      'Expected format is one line of space separated headers, one line of space separated column specs.';
    const lines = text.split('\n');
    if (text === '') throw new KubectlError(`invalid template, missing header line. ${expected}`);
    const headers = (lines[0] ?? '').split(/\s+/).filter(Boolean);
    if (lines[1] === undefined || (lines.length === 2 && lines[1] === '')) {
      throw new KubectlError(`invalid template, missing spec line. ${expected}`);
    }
    const specs = lines[1].split(/\s+/).filter(Boolean);
    if (headers.length !== specs.length) {
      throw new KubectlError(
        `number of headers (${headers.length}) and field specifications (${specs.length}) don't match`,
      );
    }
    return new CustomColumnsPrinter(
      headers.map((header, index) => column(header, specs[index] ?? '')),
      false,
    );
  }

  print(object: Unstructured, out: TabWriter): void {
    const type = isList(object) ? 'list' : 'object';
    if (!this.#noHeaders && this.#lastType !== type) {
      out.line(...this.#columns.map((one) => one.header));
      this.#lastType = type;
    }
    for (const one of isList(object) ? itemsOf(object) : [object])
      out.line(...this.#columns.map((each) => cell(each, one)));
  }
}

function column(header: string, path: string): Column {
  return { header, template: new JsonPathTemplate(relaxedJsonPath(path), { allowMissingKeys: true }) };
}

function cell({ template }: Column, object: Unstructured): string {
  const results = template.findResults(object);
  const values = results.flat().map((value) => escapeTerminal(formatValue(value)));
  return results.length === 0 || results[0]?.length === 0 ? ['<none>', ...values].join(',') : values.join(',');
}

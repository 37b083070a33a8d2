import { errorText } from '../../apimachinery/error-text.ts';
import { encodeGoJson } from '../../apimachinery/go-json.ts';
import type { ProgramContext } from '../../shell/context.ts';
import { KubectlError } from '../errors.ts';
import { fileError, resolvePath } from '../files.ts';
import { type FlagSpec, flagSpecs } from '../flags/flag-spec.ts';
import type { FlagSet } from '../flags/flag-set.ts';
import { formatValue } from '../../apimachinery/go-format.ts';
import { formatGoSyntax } from '../go-value.ts';
import { isList, itemsOf, kindOf, nameOf, omitManagedFields, type Unstructured } from '../object.ts';
import { writeYaml } from '../../apimachinery/yaml-writer.ts';
import { GoTemplate } from './go-template/go-template.ts';
import { toGoOrder } from './go-order.ts';
import { JsonPathTemplate } from './json-path-template.ts';
import { toKyaml } from './kyaml.ts';

/** Turns objects into text, one after the other. @throws KubectlError when a template fails */
export interface ObjectPrinter {
  /** `typed`: fields in Go's order where JSON is asked for, as for objects that commands make themselves. */
  print(object: Unstructured, options?: { readonly typed?: boolean }): string;
  /** The same text of a list in pieces, each made when it is taken. */
  pieces?(list: Unstructured): Iterable<string>;
}

/** An error of a printer that had printed something before. */
export class PrintError extends KubectlError {
  override readonly name = 'PrintError';
  readonly printed: string;
  constructor(message: string, printed: string) {
    super(message);
    this.printed = printed;
  }
}

export const printFlags: readonly FlagSpec[] = flagSpecs(
  `allow-missing-template-keys=true o/output='' show-managed-fields=false template=''`,
);

const templateFormats = ['go-template', 'go-template-file', 'template', 'templatefile'];
const jsonPathFormats = ['jsonpath', 'jsonpath-as-json', 'jsonpath-file'];
export const allowedFormats = ['json', 'yaml', 'kyaml', 'name', ...templateFormats, ...jsonPathFormats];

/** Upstream: cli-runtime/pkg/genericclioptions/print_flags.go NoCompatiblePrinterError (v1.36) */
export function noCompatiblePrinter(format: string, allowed: readonly string[]): KubectlError {
  return new KubectlError(
    `unable to match a printer suitable for the output format ${JSON.stringify(format)}, allowed formats are: ${allowed.join(',')}`,
  );
}

/** The printer that flags ask for; without any, one that prints `kind/name operation`. @throws KubectlError */
export function printerFor(
  context: ProgramContext,
  flags: FlagSet,
  options: { readonly operation?: string; readonly allowed?: readonly string[]; readonly defaultFormat?: string } = {},
): ObjectPrinter {
  const format = outputFormat(flags) || (options.defaultFormat ?? '');
  const printer =
    templatePrinter(context, flags, format) ??
    structuredPrinter(flags, format) ??
    namePrinter(format, options.operation);
  if (printer === undefined) throw noCompatiblePrinter(format, options.allowed ?? allowedFormats);
  return printer;
}

/** `-o`; `--template` alone means a Go template. */
export function outputFormat(flags: FlagSet): string {
  const format = flags.string('output');
  return format === '' && flags.has('template') && flags.string('template') !== '' ? 'go-template' : format;
}

/** JSON, YAML and KYAML. */
export function structuredPrinter(flags: FlagSet, format: string): ObjectPrinter | undefined {
  const keep = flags.has('show-managed-fields') && flags.bool('show-managed-fields');
  const prepared = (object: Unstructured) => (keep ? object : omitManagedFields(object));
  let count = 0;
  switch (format.toLowerCase()) {
    case 'json':
      return {
        print: (object, options) => jsonText(prepared(object), options?.typed === true),
        pieces: (list) => jsonPieces(prepared(list)),
      };
    case 'yaml':
      return {
        print: (object) => `${count++ > 0 ? '---\n' : ''}${writeYaml(prepared(object))}`,
        *pieces(list) {
          if (count++ > 0) yield '---\n';
          yield* yamlPieces(prepared(list));
        },
      };
    case 'kyaml':
      return { print: (object) => toKyaml(prepared(object)) };
    default:
      return undefined;
  }
}

/** JSON as kubectl prints it: four spaces. */
export function jsonText(object: Unstructured, typed: boolean): string {
  return `${encodeGoJson(typed ? toGoOrder(object) : object, { indent: 4, sortKeys: !typed })}\n`;
}

/** What `jsonText` gives of a list, item by item. */
function* jsonPieces(list: Unstructured): Generator<string> {
  const items = list['items'] as readonly Unstructured[];
  const whole = jsonText({ ...list, items: [] }, false);
  const [head = whole, tail = ''] = whole.split(/(?<=^ {4}"items": \[)(?=\])/m);
  yield head;
  for (const [index, item] of items.entries()) {
    const text = encodeGoJson(item, { indent: 4, sortKeys: true }).replaceAll('\n', '\n        ');
    yield `${index === 0 ? '' : ','}\n        ${text}`;
  }
  yield items.length === 0 ? tail : `\n    ${tail}`;
}

/** What `writeYaml` gives of a list, item by item. */
function* yamlPieces(list: Unstructured): Generator<string> {
  const items = list['items'] as readonly Unstructured[];
  const whole = writeYaml({ ...list, items: [] });
  if (items.length === 0) return yield whole;
  const [head = whole, tail = ''] = whole.split(/(?<=^items:) \[\](?=\n)/m);
  yield `${head}\n`;
  for (const item of items) yield writeYaml([item]);
  yield tail.slice(1);
}

/** The printer of `-o name`, and of no format at all: `pod/web created`; undefined for other formats. Upstream: cli-runtime/pkg/printers/name.go NamePrinter (v1.36) */
export function namePrinter(format: string, operation = ''): ObjectPrinter | undefined {
  if (format !== '' && format !== 'name') return undefined;
  const suffix = format === 'name' || operation === '' ? '' : ` ${operation}`;
  const print = (object: Unstructured): string => {
    if (isList(object)) return itemsOf(object).map(print).join('');
    const { group, kind } = kindOf(object);
    if (kind === '') return `<unknown>/${nameOf(object) || '<unknown>'}${suffix}\n`;
    return `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${nameOf(object) || '<unknown>'}${suffix}\n`;
  };
  return { print };
}

/** Go templates and JSONPath. @throws KubectlError */
export function templatePrinter(context: ProgramContext, flags: FlagSet, output: string): ObjectPrinter | undefined {
  const equals = output.indexOf('=');
  const given = flags.has('template') ? flags.string('template') : '';
  const format = equals < 0 || given !== '' ? output : output.slice(0, equals);
  const isGo = templateFormats.includes(format);
  if (!isGo && !jsonPathFormats.includes(format)) return undefined;
  const template = given !== '' ? given : equals < 0 ? '' : output.slice(equals + 1);
  if (template === '') throw new KubectlError('template format specified but no template given');
  const fromFile = ['go-template-file', 'templatefile', 'jsonpath-file'].includes(format);
  const source = fromFile ? readTemplate(context, template) : template;
  const allowMissing = !flags.has('allow-missing-template-keys') || flags.bool('allow-missing-template-keys');
  return isGo ? goTemplatePrinter(source, allowMissing) : jsonPathPrinter(source, format, allowMissing);
}

function readTemplate(context: ProgramContext, path: string): string {
  try {
    return new TextDecoder().decode(context.fs.readFile(resolvePath(context, path)));
  } catch (error) {
    throw new KubectlError(`error reading --template ${path}, ${errorText(fileError('open', path, error))}`);
  }
}

function goTemplatePrinter(source: string, allowMissingKeys: boolean): ObjectPrinter {
  let template: GoTemplate;
  try {
    template = GoTemplate.parse('output', source);
  } catch (error) {
    throw new KubectlError(`error parsing template ${source}, ${errorText(error)}`);
  }
  return {
    print(object) {
      const { text, error } = template.execute(object, { missingKeyIsError: !allowMissingKeys });
      if (error === undefined) return text;
      const raw = encodeGoJson(object, { sortKeys: true });
      const shown = `${text}Error executing template: ${error}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${source}\n\traw data was:\n\t\t${raw}\n\tobject given to template engine was:\n\t\t${formatValue(object)}\n\n`;
      throw new PrintError(`error executing template ${JSON.stringify(source)}: ${error}`, shown);
    },
  };
}

function jsonPathPrinter(source: string, format: string, allowMissingKeys: boolean): ObjectPrinter {
  let template: JsonPathTemplate;
  try {
    template = new JsonPathTemplate(source, { allowMissingKeys, asJson: format === 'jsonpath-as-json' });
  } catch (error) {
    throw new KubectlError(`error parsing jsonpath ${source}, ${errorText(error)}`);
  }
  return {
    print(object) {
      const { text, error } = template.execute(object);
      if (error === undefined) return text;
      const details = `Error executing template: ${error}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${source}\n\tobject given to jsonpath engine was:\n\t\t${formatGoSyntax(object)}\n\n`;
      throw new PrintError(`error executing jsonpath ${JSON.stringify(source)}: ${details}\n`, text);
    },
  };
}

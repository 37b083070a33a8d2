import { formatLabels } from '../../apimachinery/labels.ts';
import { humanDuration } from '../../apimachinery/duration.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { formatValue } from '../../apimachinery/go-format.ts';
import { isList, itemsOf, metaOf, type Unstructured } from '../object.ts';
import type { TabWriter } from './tab-writer.ts';

export interface TableColumn {
  readonly name: string;
  readonly type?: string;
  readonly format?: string;
  readonly priority?: number;
}
export interface TableRow {
  readonly cells: readonly unknown[];
  readonly object?: Unstructured;
}

/** How tables are shown. */
export interface TableOptions {
  readonly noHeaders: boolean;
  readonly withNamespace: boolean;
  /** `deployment.apps`; empty when kinds are not shown. */
  readonly withKind: string;
  readonly wide: boolean;
  readonly showLabels: boolean;
  readonly columnLabels: readonly string[];
}

const eventTypes: ReadonlyMap<string, string> = new Map([
  ['ADDED', 'ADDED   '],
  ['MODIFIED', 'MODIFIED'],
  ['DELETED', 'DELETED '],
  ['ERROR', 'ERROR   '],
]);

/**
 * Prints the server's tables; other objects by name and age.
 *
 * Upstream: cli-runtime/pkg/printers/tableprinter.go HumanReadablePrinter (v1.36)
 */
export class TablePrinter {
  readonly #options: TableOptions;
  readonly #now: () => number;
  #lastColumns: readonly TableColumn[] = [];
  #printedHeaders = false;
  #lastHandler: 'status' | 'default' | undefined;

  constructor(options: TableOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
  }

  /** `eventType` is set when watch events are shown as such. */
  print(object: Unstructured, out: TabWriter, eventType = ''): void {
    if (object.kind === 'Table') this.#printTable(object, out, eventType);
    else this.#printPlain(object, out, eventType);
  }

  #printTable(table: Unstructured, out: TabWriter, eventType: string): void {
    const given = (table['columnDefinitions'] ?? []) as readonly TableColumn[];
    const rows = (table['rows'] ?? []) as readonly TableRow[];
    const same = given.length === 0 || sameColumns(given, this.#lastColumns);
    let { noHeaders } = this.#options;
    if (this.#printedHeaders && same) noHeaders = true;
    if (given.length > 0 && !same) {
      this.#lastColumns = given;
      this.#printedHeaders = false;
    }
    const columns = given.length === 0 ? this.#lastColumns : given;
    if (rows.length > 0) this.#printedHeaders = true;
    const decorated = this.#decorate(columns, rows);
    if (eventType === '') return this.#write(decorated.columns, decorated.rows, out, noHeaders);
    const shown = eventTypes.get(eventType) ?? eventType;
    this.#write(
      [{ name: 'Event' }, ...decorated.columns],
      decorated.rows.map((cells) => [shown, ...cells]),
      out,
      noHeaders,
    );
  }

  #decorate(columns: readonly TableColumn[], rows: readonly TableRow[]) {
    const { withNamespace, withKind, showLabels, columnLabels } = this.#options;
    const nameColumn =
      withKind === '' ? -1 : columns.findIndex((one) => one.format === 'name' && one.type === 'string');
    const allColumns: TableColumn[] = [
      ...(withNamespace ? [{ name: 'Namespace' }] : []),
      ...columns,
      ...labelHeaders(columnLabels).map((name) => ({ name })),
      ...(showLabels ? [{ name: 'Labels' }] : []),
    ];
    const allRows = rows.map((row) => {
      const cells = row.cells.map((cell, index) => (index === nameColumn ? `${withKind}/${String(cell)}` : cell));
      const meta = metaOf(row.object ?? {});
      return [
        ...(withNamespace ? [meta.namespace ?? ''] : []),
        ...cells,
        ...columnLabels.map((label) => meta.labels?.[label] ?? ''),
        ...(showLabels ? [formatLabels(meta.labels)] : []),
      ];
    });
    return { columns: allColumns, rows: allRows };
  }

  #write(
    columns: readonly TableColumn[],
    rows: readonly (readonly unknown[])[],
    out: TabWriter,
    noHeaders: boolean,
  ): void {
    const shown = columns.map((column) => this.#options.wide || !column.priority);
    if (!noHeaders) {
      if (rows.length === 0) return;
      out.line(...columns.filter((_, index) => shown[index]).map((column) => column.name.toUpperCase()));
    }
    for (const cells of rows) {
      const texts = cells.slice(0, columns.length).map(cellText);
      out.line(...texts.filter((_, index) => shown[index]));
    }
  }

  #printPlain(object: Unstructured, out: TabWriter, eventType: string): void {
    const handler = object.kind === 'Status' && object.apiVersion === 'v1' ? 'status' : 'default';
    const { noHeaders, withNamespace, withKind, showLabels, columnLabels } = this.#options;
    const changed = this.#lastHandler !== handler;
    if (this.#lastHandler !== undefined && changed && !noHeaders) out.line();
    if (changed && !noHeaders) {
      const columns = handler === 'status' ? ['STATUS', 'REASON', 'MESSAGE'] : ['NAME', 'AGE'];
      out.line(
        ...(eventType === '' ? [] : ['EVENT']),
        ...(withNamespace ? ['NAMESPACE'] : []),
        ...columns,
        ...labelHeaders(columnLabels),
        ...(showLabels ? ['LABELS'] : []),
      );
    }
    this.#lastHandler = handler;
    for (const one of isList(object) ? itemsOf(object) : [object]) {
      const meta = metaOf(one);
      const cells =
        handler === 'status'
          ? [one['status'], one['reason'] ?? '', one['message'] ?? ''].map((cell) => String(cell ?? ''))
          : [
              `${withKind === '' ? '' : `${withKind}/`}${meta.name ?? ''}`,
              timestampAge(meta.creationTimestamp, this.#now()),
            ];
      out.line(
        ...(eventType === '' ? [] : [eventTypes.get(eventType) ?? eventType]),
        ...(withNamespace ? [meta.namespace ?? ''] : []),
        ...cells,
        ...columnLabels.map((label) => meta.labels?.[label] ?? ''),
        ...(showLabels ? [formatLabels(meta.labels)] : []),
      );
    }
  }
}

/** `5m`, or `<unknown>` for no time. Upstream: translateTimestampSince */
export function timestampAge(timestamp: string | undefined, now: number): string {
  if (timestamp === undefined || timestamp === '') return '<unknown>';
  return humanDuration(now - parseTime(timestamp));
}

const labelHeaders = (labels: readonly string[]): string[] =>
  labels.map((label) => (label.split('/').at(-1) ?? '').toUpperCase());

const sameColumns = (a: readonly TableColumn[], b: readonly TableColumn[]): boolean =>
  a === b || JSON.stringify(a) === JSON.stringify(b);

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  const text = typeof cell === 'string' ? cell : formatValue(cell);
  const end = text.search(/[\f\n\r]/);
  return escapeTerminal(end < 0 ? text : `${text.slice(0, end)}...`);
}

/** Makes escape sequences harmless. Upstream: cli-runtime/pkg/printers/terminal.go (v1.36) */
export const escapeTerminal = (text: string): string => text.replaceAll('\u001b', '^[').replaceAll('\r', '\\r');

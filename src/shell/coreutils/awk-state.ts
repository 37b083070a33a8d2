/** What an awk program sees: its variables and arrays, and the present record with its fields. */
import { fromInput, splitText, toNumber, toText, type Value } from './awk-values.ts';
import { UtilityError } from './utility.ts';

type Slot = { value: Value } | Map<string, Value>;

const initialVariables: Readonly<Record<string, Value>> = {
  FS: ' ',
  OFS: ' ',
  ORS: '\n',
  RS: '\n',
  NR: 0,
  NF: 0,
  FNR: 0,
  SUBSEP: '\x1c',
  RSTART: 0,
  RLENGTH: -1,
  FILENAME: '',
  CONVFMT: '%.6g',
  OFMT: '%.6g',
};

/** Variables by name, and the fields by number. */
export class AwkState {
  readonly #globals = new Map<string, Slot>();
  #locals: Map<string, Slot> | undefined;
  #record = '';
  /** The fields of the record; undefined until somebody asks. */
  #fields: Value[] | undefined = [];
  /** A field was set, so the record is to be joined anew. */
  #recordStale = false;

  constructor(environment: ReadonlyMap<string, string>) {
    for (const [name, value] of Object.entries(initialVariables)) this.set(name, value);
    this.setArray('ENVIRON', environment);
  }

  /** The value of a variable; empty when it has none. */
  get(name: string): Value {
    if (name === 'NF') return this.#split().length;
    const slot = this.#slot(name);
    return slot && !(slot instanceof Map) ? slot.value : '';
  }
  /** The value of a variable as text. */
  text(name: string): string {
    return toText(this.get(name));
  }
  set(name: string, value: Value): void {
    if (name === 'NF' && this.#globals.has('NF')) return this.#setFieldCount(toNumber(value));
    const scope = this.#scopeOf(name);
    const slot = scope.get(name);
    if (slot && !(slot instanceof Map)) slot.value = value;
    else scope.set(name, { value });
  }
  /** Performs `name=value` of the command line. */
  assignText(text: string): void {
    const equals = text.indexOf('=');
    const value = text
      .slice(equals + 1)
      .replace(/\\t/g, '\t')
      .replace(/\\n/g, '\n');
    this.set(text.slice(0, equals), fromInput(value));
  }

  /** The array of a name, which is made when there is none. */
  array(name: string): Map<string, Value> {
    const found = this.arrayIfAny(name);
    if (found) return found;
    const array = new Map<string, Value>();
    this.#scopeOf(name).set(name, array);
    return array;
  }
  arrayIfAny(name: string): Map<string, Value> | undefined {
    const slot = this.#slot(name);
    return slot instanceof Map ? slot : undefined;
  }
  /** Makes a global array of what came from outside. */
  setArray(name: string, texts: Iterable<readonly [string, string]>): void {
    this.#globals.set(name, new Map([...texts].map(([key, text]) => [key, fromInput(text)])));
  }

  /** Puts the parameters of a function in front of the globals; gives what puts the former ones back. */
  enter(parameters: ReadonlyMap<string, Value | Map<string, Value>>): () => void {
    const before = this.#locals;
    this.#locals = new Map([...parameters].map(([name, value]) => [name, value instanceof Map ? value : { value }]));
    return () => {
      this.#locals = before;
    };
  }

  setRecord(text: string): void {
    this.#record = text;
    this.#recordStale = false;
    this.#fields = undefined;
  }
  /** A field of the record, which is field 0. @throws UtilityError below 0 */
  getField(index: number): Value {
    if (index < 0) throw new UtilityError('cmd. line:1: Access to negative field', 2);
    if (index > 0) return this.#split()[index - 1] ?? '';
    if (this.#recordStale) {
      this.#record = this.#split()
        .map((value) => toText(value))
        .join(this.text('OFS'));
      this.#recordStale = false;
    }
    return fromInput(this.#record);
  }
  setField(index: number, value: Value): void {
    if (index === 0) return this.setRecord(toText(value));
    const fields = this.#split();
    while (fields.length < index) fields.push('');
    fields[index - 1] = value;
    this.#recordStale = true;
  }

  #split(): Value[] {
    this.#fields ??= splitText(this.#record, this.text('FS'), this.text('RS') === '').map(fromInput);
    return this.#fields;
  }
  #setFieldCount(length: number): void {
    const fields = this.#split();
    while (fields.length < length) fields.push('');
    fields.length = length;
    this.#recordStale = true;
  }
  #slot(name: string): Slot | undefined {
    return this.#locals?.get(name) ?? this.#globals.get(name);
  }
  #scopeOf(name: string): Map<string, Slot> {
    return this.#locals?.has(name) ? this.#locals : this.#globals;
  }
}

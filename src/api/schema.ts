// The shapes of all built-in types, read lazily from the generated facts. Nodes refer to each other, so recursive types
// (JSONSchemaProps) are fine.
import type {
  AnyNode,
  ArrayNode,
  MapNode,
  ObjectNode,
  ScalarNode,
  SchemaField,
  SchemaNode,
  SchemaUnion,
} from '../apimachinery/schema-node.ts';
import type { GroupVersionKind } from '../apimachinery/resource-ref.ts';
import { facts, kinds } from './generated/facts.ts';

/** Options of a field in the facts. */
interface FieldFacts {
  /** Required. */
  readonly r?: 1;
  /** Go name, where it is not the JSON name with a capital. */
  readonly g?: string;
  /** Go type, where the type code does not say it. */
  readonly w?: string;
  /** Names of the embedded structs it stands in. */
  readonly i?: string;
  /** Always encoded. */
  readonly a?: 1;
  /** Held by pointer. */
  readonly p?: 1;
  readonly d?: unknown;
  /** The default is the empty string, which Go leaves out. */
  readonly z?: 1;
  readonly e?: readonly string[];
  /** Keys of a list of type map; empty for a set. */
  readonly k?: readonly string[];
  readonly t?: 'granular' | 'atomic';
  readonly m?: string;
  readonly s?: string;
}

/** What the facts say of one definition. */
interface DefinitionFacts {
  readonly f: readonly (readonly [name: string, type: string, options?: FieldFacts])[];
  readonly t?: 'atomic';
  readonly u?: readonly { readonly d?: string; readonly f: Readonly<Record<string, string>> }[];
}

const scalars: Readonly<Record<string, readonly [ScalarNode['type'], string]>> = {
  s: ['string', ''],
  i: ['integer', 'int32'],
  l: ['integer', 'int64'],
  n: ['number', 'double'],
  b: ['boolean', ''],
  y: ['bytes', 'byte'],
  q: ['quantity', ''],
  o: ['int-or-string', 'int-or-string'],
  t: ['time', 'date-time'],
  u: ['microtime', 'date-time'],
};
const anyNode: AnyNode = Object.freeze({ type: 'any', mapType: 'granular' });
const rawNode: AnyNode = Object.freeze({ type: 'any', mapType: 'atomic' });
const noFacts: FieldFacts = Object.freeze({});

/** Parses its facts when its fields are first asked for. */
class LazyObject implements ObjectNode {
  readonly type = 'object';
  readonly preserveUnknownFields = false;
  readonly name: string;
  readonly #json: string;
  readonly #mapType: 'granular' | 'atomic' | undefined;
  #definition: DefinitionFacts | undefined;
  #fields: ReadonlyMap<string, SchemaField> | undefined;

  constructor(name: string, json: string, mapType?: 'granular' | 'atomic') {
    this.name = name;
    this.#json = json;
    this.#mapType = mapType;
  }

  get mapType(): 'granular' | 'atomic' {
    return this.#mapType ?? this.#read().t ?? 'granular';
  }

  get fields(): ReadonlyMap<string, SchemaField> {
    this.#fields ??= new Map(this.#read().f.map(([name, type, options]) => [name, fieldOf(name, type, options)]));
    return this.#fields;
  }

  get unions(): readonly SchemaUnion[] {
    return (this.#read().u ?? []).map(({ d, f }) => ({ discriminator: d, fields: new Map(Object.entries(f)) }));
  }

  #read(): DefinitionFacts {
    this.#definition ??= JSON.parse(this.#json) as DefinitionFacts;
    return this.#definition;
  }
}

function fieldOf(name: string, type: string, options: FieldFacts = noFacts): SchemaField {
  return {
    name,
    goName: options.g ?? name.charAt(0).toUpperCase() + name.slice(1),
    goType: options.w ?? '',
    embeddedIn: options.i ?? '',
    node: nodeOf(type, options),
    required: options.r === 1,
    alwaysEncoded: options.a === 1,
    pointer: options.p === 1,
    nullable: true,
    default: options.d,
    emptyDefault: options.z === 1,
    patchMergeKey: options.m,
    patchStrategy: options.s?.split(',') ?? [],
  };
}

/** The node of a type code: `[` and `{` open lists and maps, `@` names a definition, a letter is a scalar, `*` and `#` anything. */
function nodeOf(code: string, options: FieldFacts): SchemaNode {
  const rest = code.slice(1);
  switch (code[0]) {
    case '[':
      return arrayOf(rest, options);
    case '{':
      return mapOf(rest, options);
    case '@':
      return definitionNode(rest, options.t);
    default: {
      if (code === '#') return rawNode;
      const scalar = scalars[code];
      return scalar === undefined ? anyNode : { type: scalar[0], format: scalar[1], enum: options.e };
    }
  }
}

function arrayOf(itemCode: string, options: FieldFacts): ArrayNode {
  const { k: listMapKeys, e } = options;
  const listType = listMapKeys === undefined ? 'atomic' : listMapKeys.length === 0 ? 'set' : 'map';
  const itemOptions: FieldFacts = e === undefined ? noFacts : { e };
  return { type: 'array', items: nodeOf(itemCode, itemOptions), listType, listMapKeys: listMapKeys ?? [] };
}

function mapOf(valueCode: string, { e, t }: FieldFacts): MapNode {
  return { type: 'map', values: nodeOf(valueCode, e === undefined ? noFacts : { e }), mapType: t ?? 'granular' };
}

function definitionNode(name: string, mapType?: 'granular' | 'atomic'): SchemaNode {
  const json = facts[name];
  if (mapType !== undefined && json !== undefined) return new LazyObject(name, json, mapType);
  return definitions.get(name) ?? anyNode;
}

const definitions: ReadonlyMap<string, ObjectNode> = new Map(
  Object.entries(facts).map(([name, json]) => [name, new LazyObject(name, json)]),
);
const kindNames: ReadonlyMap<string, string> = new Map(Object.entries(kinds));

/** The shape of a built-in kind; undefined when the kind is not built in. The same node on every call. */
export function schemaFor(gvk: GroupVersionKind): ObjectNode | undefined {
  const name = kindNames.get(`${gvk.group}/${gvk.version}/${gvk.kind}`);
  return name === undefined ? undefined : definitions.get(name);
}

/** The shape of a definition by its short name, such as `core/v1.PodSpec`. The same node on every call. */
export function schemaOfDefinition(name: string): ObjectNode | undefined {
  return definitions.get(name);
}

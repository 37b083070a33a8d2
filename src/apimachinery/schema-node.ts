/** The shape of a value of the API: what patches, apply, defaulting and validation need to know of it. */
export type SchemaNode = ObjectNode | ArrayNode | MapNode | ScalarNode | AnyNode;

/** A struct: known fields. */
export interface ObjectNode {
  readonly type: 'object';
  /** `core/v1.PodSpec` for built-in types; empty for those of custom resources. */
  readonly name: string;
  /** In Go's order, which is the order of encoding. */
  readonly fields: ReadonlyMap<string, SchemaField>;
  /** `atomic`: apply replaces it as a whole. */
  readonly mapType: 'granular' | 'atomic';
  /** Unknown fields are kept (custom resources only). */
  readonly preserveUnknownFields: boolean;
  readonly unions: readonly SchemaUnion[];
}

/** Fields of an object of which at most one may be set. */
export interface SchemaUnion {
  readonly discriminator: string | undefined;
  /** Field name → the discriminator's value that names it. */
  readonly fields: ReadonlyMap<string, string>;
}

/** A field of an object. */
export interface SchemaField {
  readonly name: string;
  /** The name Go gives it; the JSON name again where unknown. */
  readonly goName: string;
  /** Its Go type as errors print it; empty or absent where the node tells. */
  readonly goType?: string;
  /** Go names of the embedded structs it stands in, with dots between. */
  readonly embeddedIn?: string;
  readonly node: SchemaNode;
  readonly required: boolean;
  /** Go encodes it even when it is empty. */
  readonly alwaysEncoded: boolean;
  /** Go holds it by pointer, so that zero differs from absent. */
  readonly pointer: boolean;
  readonly nullable: boolean;
  /** Undefined when there is none. */
  readonly default: unknown;
  /** The schema's default is the empty string: it is not written, but identifies items of a list. */
  readonly emptyDefault?: boolean;
  readonly patchMergeKey: string | undefined;
  readonly patchStrategy: readonly string[];
}

/** A list. */
export interface ArrayNode {
  readonly type: 'array';
  readonly items: SchemaNode;
  readonly listType: 'atomic' | 'set' | 'map';
  /** For `map`: the fields that identify an item. */
  readonly listMapKeys: readonly string[];
}

/** A map with keys chosen by users. */
export interface MapNode {
  readonly type: 'map';
  readonly values: SchemaNode;
  readonly mapType: 'granular' | 'atomic';
}

/** The kinds of scalar values. `bytes` is base64 in JSON; `quantity` may be given as a number. */
export type ScalarType =
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'quantity'
  | 'int-or-string'
  | 'time'
  | 'microtime'
  | 'bytes';

/** A scalar. */
export interface ScalarNode {
  readonly type: ScalarType;
  /** `int32`, `int64`, `double` …; empty when there is none. */
  readonly format: string;
  readonly enum: readonly string[] | undefined;
}

/** A value without a schema: raw extensions, JSON. */
export interface AnyNode {
  readonly type: 'any';
  /** `atomic`: apply replaces a map in it as a whole (raw extensions); else maps are merged. */
  readonly mapType: 'granular' | 'atomic';
}

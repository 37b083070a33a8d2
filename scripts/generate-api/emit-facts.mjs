// The facts of every definition as one line of JSON each: a list of fields [name, type, options]. src/api/schema.ts
// reads them and documents the letters.
import { goPackageOf, kindOf, refOf, shortName } from './definitions.mjs';
import { orderedProperties } from './emit-types.mjs';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const APIEXTENSIONS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';
const leaves = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'q',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'o',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': '#',
  [`${META}.Time`]: 't',
  [`${META}.MicroTime`]: 'u',
  [`${META}.FieldsV1`]: '*',
  [`${META}.Patch`]: '*',
  [`${APIEXTENSIONS}.JSON`]: '*',
  [`${APIEXTENSIONS}.JSONSchemaPropsOrArray`]: '*',
  [`${APIEXTENSIONS}.JSONSchemaPropsOrBool`]: '*',
  [`${APIEXTENSIONS}.JSONSchemaPropsOrStringArray`]: '*',
};
const scalarCodes = {
  'string/': 's',
  'string/byte': 'y',
  'integer/int32': 'i',
  'integer/int64': 'l',
  'integer/': 'l',
  'number/double': 'n',
  'number/': 'n',
  'boolean/': 'b',
};

/** Type code of a schema; the enum of its innermost scalar goes into `options`. */
function typeCode(schema, options) {
  const ref = refOf(schema);
  if (ref !== undefined) return leaves[ref] ?? `@${shortName(ref)}`;
  if (schema.enum !== undefined) options.e = schema.enum;
  if (schema.type === 'array') return `[${typeCode(schema.items, options)}`;
  if (schema.type === 'object') {
    return schema.additionalProperties === undefined ? '*' : `{${typeCode(schema.additionalProperties, options)}`;
  }
  if (schema.type === undefined) return '*';
  const code = scalarCodes[`${schema.type}/${schema.format ?? ''}`];
  if (code === undefined) throw new Error(`no code for ${JSON.stringify(schema)}`);
  return code;
}

function isEmpty(value) {
  return value === '' || value === 0 || value === false || JSON.stringify(value) === '{}';
}

function isStruct(field, go) {
  if (/^(\*|\[\]|map\[)/.test(field.type)) return false;
  const target = go.resolve(field.type, field.importPath, field.imports);
  return go.package(target.importPath).structs.has(target.name);
}

const goScalars = {
  s: 'string',
  y: '[]uint8',
  i: 'int32',
  l: 'int64',
  n: 'float64',
  b: 'bool',
  q: 'resource.Quantity',
  o: 'intstr.IntOrString',
  t: 'v1.Time',
  u: 'v1.MicroTime',
};

/** The Go type that a type code stands for when nothing else is said. */
function usualGoType(code) {
  const rest = code.slice(1);
  if (code[0] === '[') return `[]${usualGoType(rest)}`;
  if (code[0] === '{') return `map[string]${usualGoType(rest)}`;
  return code[0] === '@' ? rest.slice(rest.indexOf('/') + 1) : goScalars[code];
}

/** The type of a field as Go prints it, without pointers. */
function goTypeText(type, field, go) {
  if (type.startsWith('*')) return goTypeText(type.slice(1), field, go);
  if (type === '[]byte') return '[]uint8';
  if (type.startsWith('[]')) return `[]${goTypeText(type.slice(2), field, go)}`;
  const map = /^map\[([\w.]+)\](.+)$/.exec(type);
  if (map !== null) return `map[${goTypeText(map[1], field, go)}]${goTypeText(map[2], field, go)}`;
  if (/^(string|bool|u?int\d*|float64)$/.test(type)) return type;
  const { importPath, name } = go.resolve(type, field.importPath, field.imports);
  return `${importPath.split('/').at(-1)}.${name}`;
}

function goOptions(field, key, code, go, options) {
  if (field === undefined) return;
  const goName = field.goPath.at(-1);
  if (goName !== key[0].toUpperCase() + key.slice(1)) options.g = goName;
  const goType = goTypeText(field.type, field, go);
  if (!/[*#]/.test(code) && goType !== usualGoType(code)) options.w = goType;
  const embedded = field.goPath.slice(0, -1).filter((name) => name !== 'TypeMeta');
  if (embedded.length > 0) options.i = embedded.join('.');
  if (field.pointer) options.p = 1;
  const omitted = field.omitZero || (field.omitEmpty && !isStruct(field, go));
  if (field.tagged && !omitted) options.a = 1;
}

/** Keys of a list of type map, none for a set, undefined for an atomic one; the patch strategy stands in. */
function listMapKeysOf(property) {
  const listType = property['x-kubernetes-list-type'];
  if (listType === 'map') return property['x-kubernetes-list-map-keys'];
  if (listType === 'set') return [];
  if (listType === undefined && property['x-kubernetes-patch-strategy']?.startsWith('merge')) {
    const key = property['x-kubernetes-patch-merge-key'];
    return key === undefined ? [] : [key];
  }
  return undefined;
}

function factsOf(name, schema, go) {
  const goFields = new Map((go.fields(goPackageOf(name), kindOf(name)) ?? []).map((field) => [field.json, field]));
  const fields = orderedProperties(name, schema, go).map(([key, property]) => {
    const options = {};
    const type = typeCode(property, options);
    if (schema.required?.includes(key)) options.r = 1;
    goOptions(goFields.get(key), key, type, go, options);
    if (property.default !== undefined && !isEmpty(property.default)) options.d = property.default;
    else if (property.default === '' && options.a === undefined) options.z = 1;
    const listMapKeys = listMapKeysOf(property);
    if (listMapKeys !== undefined) options.k = listMapKeys;
    if (property['x-kubernetes-map-type'] !== undefined) options.t = property['x-kubernetes-map-type'];
    if (property['x-kubernetes-patch-merge-key'] !== undefined) options.m = property['x-kubernetes-patch-merge-key'];
    if (property['x-kubernetes-patch-strategy'] !== undefined) options.s = property['x-kubernetes-patch-strategy'];
    return Object.keys(options).length === 0 ? [key, type] : [key, type, options];
  });
  const unions = schema['x-kubernetes-unions']?.map((union) => ({
    d: union.discriminator,
    f: union['fields-to-discriminateBy'],
  }));
  const extra = {
    ...(schema['x-kubernetes-map-type'] === 'atomic' && { t: 'atomic' }),
    ...(unions !== undefined && { u: unions }),
  };
  return Object.keys(extra).length === 0 ? { f: fields } : { f: fields, ...extra };
}

/** `group/version/Kind` → short name, for the kinds whose own group and version it is. */
function kindsOf(definitions) {
  const kinds = [];
  for (const [name, schema] of definitions) {
    const gvks = schema['x-kubernetes-group-version-kind'] ?? [];
    for (const { group, version, kind } of gvks) {
      if (gvks.length === 1 || (group === '' && version === 'v1'))
        kinds.push([`${group}/${version}/${kind}`, shortName(name)]);
    }
  }
  return kinds.sort(([a], [b]) => (a < b ? -1 : 1));
}

const line = ([key, value]) => `  '${key}': '${value}',`;

/** @returns path below src/api → text */
export function emitFacts(definitions, go) {
  const facts = [...definitions]
    .filter(([name]) => leaves[name] === undefined)
    .map(([name, schema]) => [shortName(name), JSON.stringify(factsOf(name, schema, go))])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const text = [
    '// Generated by scripts/generate-api.mjs. Do not edit.',
    '/** Short name of a definition → its facts, as JSON; read by schema.ts. */',
    'export const facts: Readonly<Record<string, string>> = {',
    ...facts.map(([name, json]) => `  '${name}': '${json.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}',`),
    '};',
    '',
    '/** `group/version/Kind` → short name of its definition. */',
    'export const kinds: Readonly<Record<string, string>> = {',
    ...kindsOf(definitions).map(line),
    '};',
    '',
  ].join('\n');
  return [['generated/facts.ts', text]];
}

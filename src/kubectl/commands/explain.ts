import { isJsonObject, type JsonObject } from '../../apimachinery/json-value.ts';
import type { Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { KubectlError, NoResourceMatchError } from '../errors.ts';
import { SchemaExplainer } from '../explain/explain-schema.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { valueAt } from '../object.ts';
import type { Discovery, RestMapping } from '../rest/discovery.ts';

export const explain: Command = {
  use: 'explain TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2]',
  group: 'intermediate',
  short: 'Get documentation for a resource',
  long: 'Tells what the fields of a resource mean. A field is named by its path: TYPE.FIELD.FIELD.\n\n "kubectl api-resources" lists the types there are.',
  example: `kubectl explain pods

# One field
kubectl explain pods.spec.containers

# All names of fields
kubectl explain deployment.spec --recursive`,
  flags: flagSpecs(`api-version='' o/output='plaintext' R/recursive=false`),
  plainUseLine: true,
  completion: 'resource-type',
  run: runExplain,
};

interface Request {
  readonly mapping: RestMapping;
  readonly fields: readonly string[];
}

/** Upstream: kubectl/pkg/cmd/explain/explain.go (v1.36) */
function* runExplain({ flags, args, factory, out }: Invocation): Process<void> {
  const [argument] = args;
  if (argument === undefined) {
    throw new KubectlError(
      'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.\n',
    );
  }
  if (args.length > 1) throw new KubectlError('We accept only this format: explain RESOURCE\n');
  const format = flags.string('output');
  const discovery = yield* factory.discovery();
  const { mapping, fields } = parseRequest(discovery, argument, flags.string('api-version') === '');
  if (format !== 'plaintext' && format !== 'plaintext-openapiv2') {
    throw new KubectlError(`unrecognized format: ${format}`);
  }
  const gvr = inVersion(mapping, flags.string('api-version'));
  const shown = gvr.group === '' ? `/${gvr.version}` : `${gvr.group}/${gvr.version}`;
  const document = yield* (yield* factory.openApi()).document(gvr.group, gvr.version);
  if (document === undefined) throw new KubectlError(`couldn't find resource for "${shown}, Resource=${gvr.resource}"`);
  const kind = discovery.resourceFor(gvr)?.kind ?? mapping.kind;
  const group = gvr.group === '' ? '' : `GROUP:      ${gvr.group}\n`;
  yield* out.print(`${group}KIND:       ${kind}\nVERSION:    ${gvr.version}\n\n`);
  const schema = schemaOf(document, { ...gvr, kind });
  if (schema === undefined) {
    throw new KubectlError(`error: GVR (${shown}, Resource=${gvr.resource}) not found in OpenAPI schema`);
  }
  const text = new SchemaExplainer(document, flags.bool('recursive')).explain(schema, fields);
  if (text === undefined) throw new KubectlError(`error: field "${fields.at(-1) ?? ''}" does not exist`);
  yield* out.print(`${text}\n`);
}

/** `TYPE.FIELD…`; a group may follow the type when it does not name fields. Upstream: kubectl/pkg/explain/explain.go (v1.36) */
function parseRequest(discovery: Discovery, argument: string, withGroup: boolean): Request {
  const [word = '', ...path] = argument.replace(/\.$/, '').split('.');
  const wanted = { group: '', version: '', resource: word };
  const mapping = discovery.resourceFor(wanted);
  if (mapping === undefined) throw new NoResourceMatchError(word);
  if (withGroup) {
    const same = discovery.resources.filter((one) => one.resource === mapping.resource);
    for (const one of same) {
      const name = one.group === '' ? one.resource : `${one.resource}.${one.group}`;
      if (one.group === '' || !argument.startsWith(name)) continue;
      return { mapping: one, fields: argument.slice(name.length).split('.').filter(Boolean) };
    }
  }
  return { mapping, fields: path.map((field) => field.replace(/\[.*\]$/, '')) };
}

function inVersion({ group, version, resource }: RestMapping, wanted: string) {
  if (wanted === '') return { group, version, resource };
  const slash = wanted.indexOf('/');
  return { group: slash < 0 ? '' : wanted.slice(0, slash), version: wanted.slice(slash + 1), resource };
}

function schemaOf(
  document: JsonObject,
  gvk: { readonly group: string; readonly version: string; readonly kind: string },
): JsonObject | undefined {
  const schemas = valueAt(document, 'components', 'schemas');
  if (!isJsonObject(schemas)) return undefined;
  return (Object.values(schemas) as JsonObject[]).find((schema) =>
    ((schema['x-kubernetes-group-version-kind'] ?? []) as readonly (typeof gvk)[]).some(
      ({ group, version, kind }) => group === gvk.group && version === gvk.version && kind === gvk.kind,
    ),
  );
}

import { schemaFor } from '../api/schema.ts';
import { errorText } from '../apimachinery/error-text.ts';
import { deepEqual } from '../apimachinery/deep-equal.ts';
import { encodeGoJson } from '../apimachinery/go-json.ts';
import { createMergePatch } from '../apimachinery/merge-patch.ts';
import { isInvalid, isNotFound, StatusError } from '../apimachinery/status-error.ts';
import {
  createTwoWayMergePatch,
  requireKeyUnchanged,
  requireMetadataKeyUnchanged,
} from '../apimachinery/strategic-merge-diff.ts';
import { StrategicMergePatchError } from '../apimachinery/strategic-merge-schema.ts';
import type { JsonObject } from '../apimachinery/json-value.ts';
import { parseYaml } from '../apimachinery/yaml.ts';
import type { Process } from '../process/process.ts';
import type { Invocation } from './command.ts';
import { editInTempFile } from './editor.ts';
import { ExitError, KubectlError } from './errors.ts';
import { resolvePath } from './files.ts';
import { createOrUpdateAnnotation, lastAppliedAnnotation } from './last-applied.ts';
import { isList, metaOf, omitManagedFields, type Unstructured, withMeta } from './object.ts';
import { printerOf, validationDirective } from './options.ts';
import { printerFor } from './printers/object-printer.ts';
import { objectFromDocument } from './resource/decode.ts';
import type { Info } from './resource/info.ts';

interface Reason {
  readonly head: string;
  readonly others: readonly string[];
}
type Mode = 'edit' | 'create' | 'last-applied';

const editHint = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;

const hints: Readonly<Record<Mode, string>> = {
  edit: editHint,
  create: editHint,
  'last-applied': `# Please edit the 'last-applied-configuration' annotations below.
# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.
#
`,
};
const nameChanged = 'At least one of apiVersion, kind and name was changed';

/** What a round of sending ended with. */
interface Outcome {
  reasons: Reason[];
  retryable: number;
  notFound: number;
}

/**
 * One visit to the editor after the other until what it holds was sent or given up.
 *
 * Upstream: kubectl/pkg/cmd/util/editor/editoptions.go (v1.36)
 */
export class EditSession {
  readonly #invocation: Invocation;
  readonly #mode: Mode;
  readonly #asJson: boolean;
  #lastFile = '';

  constructor(invocation: Invocation, mode: Mode) {
    this.#invocation = invocation;
    this.#mode = mode;
    this.#asJson = invocation.flags.string('output') === 'json';
  }

  /** @throws KubectlError when it was given up */
  *run(infos: readonly Info[]): Process<void> {
    const original = this.#textOf(infos);
    let text = original;
    let reasons: readonly Reason[] = [];
    for (let failed = false; ; ) {
      const { path, text: edited } = yield* this.#edit(this.#header(reasons) + text);
      const before = failed ? text : undefined;
      if (before !== undefined && sameContent(before, edited)) {
        return yield* this.#giveUp(new KubectlError('Edit cancelled, no valid changes were saved.'), path);
      }
      this.#forgetFile();
      this.#lastFile = path;
      text = withoutComments(edited);
      failed = true;
      const invalid = validationProblem(edited);
      if (invalid !== undefined) {
        reasons = [yield* this.#invalidFile(infos, invalid)];
        continue;
      }
      if (sameContent(original, edited)) return yield* this.#cancel('Edit cancelled, no changes made.');
      if (!hasLines(edited)) return yield* this.#cancel('Edit cancelled, saved file was empty.');
      const updated = yield* this.#parse(edited);
      if (updated instanceof Error) {
        reasons = [{ head: `The edited file had a syntax error: ${updated.message}`, others: [] }];
        continue;
      }
      const outcome = yield* this.#send(infos, updated, path);
      if (outcome.reasons.length === 0) return this.#forgetFile();
      ({ reasons } = outcome);
    }
  }

  #textOf(infos: readonly Info[]): string {
    const [only] = infos;
    const object: Unstructured =
      infos.length === 1 && only !== undefined
        ? only.object
        : { apiVersion: 'v1', items: infos.map((info) => info.object), kind: 'List', metadata: {} };
    const { context, flags } = this.#invocation;
    return printerFor(context, flags, { defaultFormat: 'yaml' }).print(omitManagedFields(object));
  }

  #header(reasons: readonly Reason[]): string {
    if (this.#asJson) return '';
    const comment = (text: string): string => text.replace(/\n(?=[^#])/g, '\n# ');
    let out = hints[this.#mode];
    for (const { head, others } of reasons) {
      out += `# ${comment(head)}${others.length > 0 ? ':' : ''}\n`;
      for (const other of others) out += `# * ${comment(other)}\n`;
      out += '#\n';
    }
    return out;
  }

  *#edit(text: string): Process<{ readonly path: string; readonly text: string }> {
    const { context, flags } = this.#invocation;
    const crlf = flags.bool('windows-line-endings');
    try {
      return yield* editInTempFile(
        context,
        crlf ? text.replaceAll('\n', '\r\n') : text,
        this.#asJson ? '.json' : '.yaml',
      );
    } catch (error) {
      return yield* this.#giveUp(error, this.#lastFile);
    }
  }

  /** Says where the text lies. @throws the error */
  *#giveUp(error: unknown, path: string): Process<never> {
    const { context, err } = this.#invocation;
    if (path !== '' && context.fs.exists(resolvePath(context, path))) {
      yield* err.line(`A copy of your changes has been stored to ${JSON.stringify(path)}`);
    }
    throw error;
  }

  *#cancel(text: string): Process<void> {
    this.#forgetFile();
    yield* this.#invocation.err.line(text);
  }

  #forgetFile(): void {
    const { context } = this.#invocation;
    if (this.#lastFile !== '' && context.fs.exists(this.#lastFile)) context.fs.remove(this.#lastFile);
    this.#lastFile = '';
  }

  *#invalidFile(infos: readonly Info[], problem: string): Process<Reason> {
    const [info] = infos;
    const name = info === undefined ? '' : `${resourceText(info)} ${JSON.stringify(info.name)}`;
    yield* this.#invocation.err.line(`error: ${name} is invalid`);
    const other = `<nil>: Invalid value: "The edited file failed validation": ${problem}`;
    return { head: `${name} was not valid`, others: [other] };
  }

  /** The edited objects, or what is wrong with the text. */
  *#parse(edited: string): Process<readonly Info[] | Error> {
    const { factory, flags } = this.#invocation;
    const builder = factory.builder().stream(withoutComments(edited), 'edited-file').continueOnError().flatten();
    if (flags.has('subresource')) builder.subresource(flags.string('subresource'));
    try {
      return yield* (yield* builder.do()).infos();
    } catch (error) {
      return error instanceof Error ? error : new Error(errorText(error));
    }
  }

  *#send(infos: readonly Info[], updated: readonly Info[], path: string): Process<Outcome> {
    const { err, factory, flags } = this.#invocation;
    const outcome: Outcome = { reasons: [], retryable: 0, notFound: 0 };
    try {
      for (const info of updated) {
        if (info.isNamespaced && info.namespace === '') info.setNamespace(factory.namespace);
        if (flags.has('save-config') && flags.bool('save-config')) {
          const original = originalOf(infos, info);
          const managedFields = original === undefined ? undefined : metaOf(original.object).managedFields;
          const whole = managedFields === undefined ? info.object : withMeta(info.object, { managedFields });
          info.object = withMeta(createOrUpdateAnnotation(true, whole), { managedFields: undefined as never });
        }
        if (this.#mode === 'edit') yield* this.#patch(infos, info, outcome);
        else if (this.#mode === 'create') yield* this.#create(info);
        else yield* this.#annotate(infos, info);
      }
    } catch (error) {
      return yield* this.#giveUp(error, path);
    }
    if (outcome.retryable > 0) {
      yield* err.line(`You can run \`kubectl replace -f ${path}\` to try this update again.`);
      throw new ExitError(1);
    }
    if (outcome.notFound > 0) {
      yield* err.line(`The edits you made on deleted resources have been saved to ${JSON.stringify(path)}`);
      throw new ExitError(1);
    }
    return outcome;
  }

  #original(infos: readonly Info[], info: Info): Info {
    const found = originalOf(infos, info);
    if (found === undefined) throw new KubectlError(`no original object found for ${info.name}`);
    return found;
  }

  *#patch(infos: readonly Info[], info: Info, outcome: Outcome): Process<void> {
    const { flags, out, err } = this.#invocation;
    const before = omitManagedFields(this.#original(infos, info).object);
    if (deepEqual(before, info.object)) return yield* printerOf(this.#invocation, 'skipped')(info.object);
    const { patch, type } = editPatch(before, info);
    if (flags.bool('output-patch')) yield* out.line(`Patch: ${encodeGoJson(patch, { sortKeys: true })}`);
    const subresource = flags.string('subresource');
    const helper = info.helper({
      fieldManager: flags.string('field-manager'),
      fieldValidation: validationDirective(this.#invocation),
      ...(subresource === '' ? {} : { subresource }),
    });
    try {
      info.refresh(yield* helper.patch(info.namespace, info.name, type, patch));
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      return yield* err.line(`error: ${this.#note(error, info, outcome)}`);
    }
    yield* printerOf(this.#invocation, 'edited')(info.object);
  }

  /** Remembers what the server did not like. Upstream: editoptions.go addError (v1.36) */
  #note(error: StatusError, info: Info, outcome: Outcome): string {
    const name = `${resourceText(info)} ${JSON.stringify(info.name)}`;
    if (isInvalid(error)) {
      const causes = error.status.details?.causes ?? [];
      const others = causes.map(({ field = '', message = '' }) => `${field}: ${message}`);
      outcome.reasons.push({ head: `${name} was not valid`, others });
      return `${name} is invalid`;
    }
    if (isNotFound(error)) {
      outcome.notFound++;
      return `${name} could not be found on the server`;
    }
    outcome.retryable++;
    return `${name} could not be patched: ${errorText(error)}`;
  }

  *#create(info: Info): Process<void> {
    const { flags } = this.#invocation;
    const helper = info.helper({
      fieldManager: flags.string('field-manager'),
      fieldValidation: validationDirective(this.#invocation),
    });
    info.refresh(yield* helper.create(info.namespace, info.object));
    yield* printerOf(this.#invocation, 'created')(info.object);
  }

  *#annotate(infos: readonly Info[], info: Info): Process<void> {
    const before = this.#original(infos, info).object;
    if (deepEqual(before, info.object)) return yield* printerOf(this.#invocation, 'skipped')(info.object);
    const { flags } = this.#invocation;
    const text = `${encodeGoJson(info.object, { sortKeys: true })}\n`;
    const patch = { metadata: { annotations: { [lastAppliedAnnotation]: text } } };
    const helper = info.helper({
      fieldManager: flags.string('field-manager'),
      fieldValidation: validationDirective(this.#invocation),
    });
    yield* helper.patch(info.namespace, info.name, 'merge', patch);
    yield* printerOf(this.#invocation, 'edited')(info.object);
  }
}

function originalOf(infos: readonly Info[], info: Info): Info | undefined {
  const { uid } = metaOf(info.object);
  return infos.find((one) => metaOf(one.object).uid === uid);
}

const resourceText = ({ served }: Info): string =>
  served.group === '' ? served.resource : `${served.resource}.${served.group}`;

function editPatch(
  before: Unstructured,
  info: Info,
): { readonly patch: JsonObject; readonly type: 'merge' | 'strategic' } {
  const checks = ['apiVersion', 'kind', 'managedFields'].map(requireKeyUnchanged);
  const preconditions = [...checks, requireMetadataKeyUnchanged('name')];
  const schema = schemaFor(info.served);
  if (schema === undefined) {
    const patch = createMergePatch(before, info.object);
    if (!preconditions.every((holds) => holds(patch))) throw new KubectlError(nameChanged);
    return { patch, type: 'merge' };
  }
  try {
    return { patch: createTwoWayMergePatch(before, info.object, schema, preconditions), type: 'strategic' };
  } catch (error) {
    if (error instanceof StrategicMergePatchError && error.kind === 'precondition') throw new KubectlError(nameChanged);
    throw error;
  }
}

/** Without lines that are comments. Upstream: kubectl/pkg/cmd/util/helpers.go ManualStrip (v1.36) */
const withoutComments = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n');

const hasLines = (text: string): boolean => text.split('\n').some((line) => /^\s*[^\s#]/.test(line));

/** Whether two texts mean the same: compared as values where both can be read. */
function sameContent(a: string, b: string): boolean {
  try {
    return deepEqual(parseYaml(withoutComments(a)), parseYaml(withoutComments(b)));
  } catch {
    return withoutComments(a) === withoutComments(b);
  }
}

/** What makes a text no object; undefined when it is one. */
function validationProblem(text: string): string | undefined {
  try {
    const document = parseYaml(withoutComments(text));
    if (!isList((document ?? {}) as Unstructured)) objectFromDocument(document, 'edited-file', true);
    return undefined;
  } catch (error) {
    return errorText(error);
  }
}

import { isNotFound } from '../../apimachinery/status-error.ts';
import { currentDriver, type Process, sleep } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { KubectlError } from '../errors.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { formatValue } from '../../apimachinery/go-format.ts';
import { isJsonObject } from '../../apimachinery/json-value.ts';
import { arrayAt, metaOf, numberAt, type Unstructured } from '../object.ts';
import { printerOf } from '../options.ts';
import { relaxedJsonPath } from '../printers/custom-columns.ts';
import { JsonPathTemplate } from '../printers/json-path-template.ts';
import { printFlags } from '../printers/object-printer.ts';
import type { Info } from '../resource/info.ts';
import type { Result } from '../resource/result.ts';
import { type Deadline, untilDeleted, untilWithSync, type Waited } from '../waiting.ts';

export const wait: Command = {
  use: "wait ([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]",
  group: 'advanced',
  short: 'Wait for a specific condition on one or many resources',
  example: `# For a pod to become ready
kubectl wait pod/web --for=condition=Ready --timeout=60s

# For a field to have a value
kubectl wait pod/web --for=jsonpath='{.status.phase}'=Running

# For an object to be gone
kubectl wait pod/web --for=delete`,
  flags: [
    ...flagSpecs(`
      all=false A/all-namespaces=false field-selector='' f/filename=[] for:array=[] local=false R/recursive=true l/selector=''
      timeout=30s
    `),
    ...printFlags,
  ],
  plainUseLine: true,
  completion: 'none',
  run: runWait,
};

type Condition = (info: Info, deadline: Deadline, timeoutMs: number) => Process<Waited>;

function* runWait(invocation: Invocation): Process<void> {
  const { flags } = invocation;
  const print = printerOf(invocation, 'condition met');
  const texts = flags.strings('for');
  const conditions = texts.map(conditionOf);
  if (conditions.length === 0) throw new KubectlError('unrecognized condition: []');
  const given = flags.duration('timeout');
  const timeoutMs = given < 0 ? 168 * 3_600_000 : given;
  const driver = yield* currentDriver();
  const deadline = driver.now() + timeoutMs;
  const has = (word: string) => texts.some((text) => text.toLowerCase() === word);
  if (has('create')) yield* untilCreated(invocation, deadline);
  const result = yield* buildResult(invocation);
  if (has('delete')) result.ignoreErrors(isNotFound);
  let visited = 0;
  yield* result.visit(function* (info) {
    visited++;
    for (const condition of conditions) {
      const { object } = yield* condition(info, deadline, timeoutMs);
      if (object !== undefined) yield* print(object);
    }
  });
  if (visited === 0 && !has('delete')) throw new KubectlError('no matching resources found');
}

function* buildResult({ factory, flags, args }: Invocation): Process<Result> {
  return yield* factory
    .builder()
    .local(flags.bool('local'))
    .namespaceParam(factory.namespace)
    .defaultNamespace()
    .allNamespaces(flags.bool('all-namespaces'))
    .filenameParam(factory.namespaceIsExplicit, {
      filenames: flags.strings('filename'),
      kustomize: '',
      recursive: flags.bool('recursive'),
    })
    .labelSelectorParam(flags.string('selector'))
    .fieldSelectorParam(flags.string('field-selector'))
    .selectAllParam(flags.bool('all'))
    .resourceTypeOrNameArgs(flags.bool('all'), ...args)
    .continueOnError()
    .latest()
    .flatten()
    .do();
}

function* untilCreated(invocation: Invocation, deadline: Deadline): Process<void> {
  const driver = yield* currentDriver();
  for (;;) {
    try {
      const infos = yield* (yield* buildResult(invocation)).infos();
      if (infos.length > 0) return;
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    if (driver.now() >= deadline) throw new KubectlError('timed out waiting for the condition');
    yield* sleep(500);
  }
}

/** Upstream: kubectl/pkg/cmd/wait/wait.go conditionFuncsFor (v1.36). @throws KubectlError */
function conditionOf(text: string): Condition {
  const lower = text.toLowerCase();
  if (lower === 'delete') {
    return (info, deadline, timeoutMs) => untilDeleted(info, deadline, { noWait: timeoutMs === 0 });
  }
  if (lower === 'create') {
    return function* (info) {
      return { object: info.object };
    };
  }
  if (text.startsWith('condition=')) {
    const [name = '', value = 'true'] = splitOnce(text.slice('condition='.length));
    return untilObject((object) => conditionHolds(object, name, value));
  }
  if (text.startsWith('jsonpath=')) return untilObject(jsonPathCheck(text.slice('jsonpath='.length)));
  throw new KubectlError(`unrecognized condition: ${JSON.stringify(text)}`);
}

function splitOnce(text: string): string[] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text] : [text.slice(0, equals), text.slice(equals + 1)];
}

function untilObject(check: (object: Unstructured) => boolean): Condition {
  return function* (info, deadline, timeoutMs) {
    if (info.name === '') throw new KubectlError('resource name must be provided');
    if (timeoutMs === 0) {
      const object = yield* info.helper({ subresource: '' }).get(info.namespace, info.name);
      if (!check(object)) throw new KubectlError(`condition not met for ${info.objectName}`);
      return { object };
    }
    return yield* untilWithSync(info, deadline, { check, missing: 'error', deletedEnds: false });
  };
}

/** Upstream: kubectl/pkg/cmd/wait/condition.go checkCondition (v1.36) */
function conditionHolds(object: Unstructured, name: string, status: string): boolean {
  for (const condition of arrayAt(object, 'status', 'conditions')) {
    if (String(condition['type'] ?? '').toLowerCase() !== name.toLowerCase()) continue;
    if (typeof condition['status'] !== 'string') continue;
    const { generation } = metaOf(object);
    const observed = numberAt(condition, 'observedGeneration') ?? numberAt(object, 'status', 'observedGeneration');
    if (generation !== undefined && observed !== undefined && observed < generation) return false;
    return condition['status'].toLowerCase() === status.toLowerCase();
  }
  return false;
}

/** Upstream: kubectl/pkg/cmd/wait/wait.go processJSONPathInput, json.go (v1.36). @throws KubectlError */
function jsonPathCheck(input: string): (object: Unstructured) => boolean {
  const parts = input
    .replaceAll('==', '\u0000')
    .split('=')
    .map((part) => part.replaceAll('\u0000', '=='));
  if (parts.length > 2) {
    throw new KubectlError(
      "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'",
    );
  }
  const path = relaxedJsonPath(parts[0] ?? '');
  const expected = parts[1]?.replace(/^['"]+|['"]+$/g, '');
  if (expected === '') {
    throw new KubectlError(
      "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3",
    );
  }
  if (path === '') throw new KubectlError('jsonpath expression cannot be empty');
  const template = new JsonPathTemplate(path, { allowMissingKeys: true });
  return (object) => {
    const results = template.findResults(object);
    const [values] = results;
    if (values === undefined || values.length === 0) return false;
    if (results.length > 1) throw new KubectlError('given jsonpath expression matches more than one list');
    if (values.length > 1) throw new KubectlError('given jsonpath expression matches more than one value');
    if (expected === undefined) return true;
    const [value] = values;
    if (isJsonObject(value) || Array.isArray(value)) {
      throw new KubectlError('jsonpath leads to a nested object or list which is not supported');
    }
    return formatValue(value).trim() === expected.trim();
  };
}

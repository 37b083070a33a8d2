import type { Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { EditSession } from '../edit-session.ts';
import { KubectlError } from '../errors.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { lastAppliedOf } from '../last-applied.ts';
import { fieldManagerFlag, saveConfigFlags, validateFlags } from '../options.ts';
import { printFlags } from '../printers/object-printer.ts';
import { filenameFlags, filenameOptions } from '../resource/filenames.ts';
import type { Info } from '../resource/info.ts';
import { recordFlags } from './metadata-command.ts';

export const edit: Command = {
  use: 'edit (RESOURCE/NAME | -f FILENAME)',
  group: 'intermediate',
  short: 'Edit a resource on the server',
  long: 'Opens resources in an editor, the one in KUBE_EDITOR or EDITOR, and sends what was changed. When the server refuses a change, the editor opens again with the reasons; unchanged text ends it.',
  example: `kubectl edit svc/web

# Another editor
KUBE_EDITOR="nano" kubectl edit svc/web

# As JSON
kubectl edit job.v1.batch/clean -o json`,
  flags: [
    ...flagSpecs(`output-patch=false subresource='' windows-line-endings=false`),
    ...filenameFlags,
    ...printFlags,
    ...validateFlags,
    ...saveConfigFlags,
    ...recordFlags,
    ...fieldManagerFlag('kubectl-edit'),
  ],
  plainUseLine: true,
  completion: 'resource-type-and-name',
  run: (invocation) => runEdit(invocation, 'edit'),
};

/** `create --edit`: each object is edited before it is created. */
export function* editBeforeCreate(invocation: Invocation): Process<void> {
  yield* runEdit(invocation, 'create');
}

/** Upstream: kubectl/pkg/cmd/util/editor/editoptions.go EditOptions.Run (v1.36). @throws KubectlError */
export function* runEdit(invocation: Invocation, mode: 'edit' | 'create' | 'last-applied'): Process<void> {
  const { flags, args, factory } = invocation;
  const builder = factory.builder();
  if (mode !== 'create') builder.resourceTypeOrNameArgs(true, ...args).latest();
  if (flags.has('subresource')) builder.subresource(flags.string('subresource'));
  const result = yield* builder
    .namespaceParam(factory.namespace)
    .defaultNamespace()
    .filenameParam(factory.namespaceIsExplicit, filenameOptions(flags))
    .continueOnError()
    .flatten()
    .do();
  result.check();
  if (mode === 'create') {
    return yield* result.visit(function* (info) {
      yield* new EditSession(invocation, mode).run([info]);
    });
  }
  const infos = yield* result.infos();
  if (mode === 'edit') {
    if (infos.length === 0) throw new KubectlError('edit cancelled, no objects found');
    return yield* new EditSession(invocation, mode).run(infos);
  }
  const applied = yield* appliedInfos(invocation, infos);
  if (applied.length === 0) {
    throw new KubectlError(
      'no last-applied-configuration annotation found on resources, to create the annotation, use command `kubectl apply set-last-applied --create-annotation`',
    );
  }
  yield* new EditSession(invocation, mode).run(applied);
}

/** The annotations as objects. */
function* appliedInfos({ factory }: Invocation, infos: readonly Info[]): Process<Info[]> {
  const applied: Info[] = [];
  for (const info of infos) {
    const text = lastAppliedOf(info.object);
    if (text === undefined) continue;
    const result = yield* factory.builder().stream(text, 'edited-file').continueOnError().flatten().do();
    const [first] = yield* result.infos();
    if (first !== undefined) applied.push(first);
  }
  return applied;
}

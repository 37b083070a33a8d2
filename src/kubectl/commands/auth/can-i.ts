import type * as authorizationv1 from '../../../api/authorization/v1.ts';
import type * as rbacv1 from '../../../api/rbac/v1.ts';
import type { Process } from '../../../process/process.ts';
import type { Command, Invocation } from '../../command.ts';
import { goList } from '../../describe/describe-parts.ts';
import { breakdownRule, combineResourceGroup, compactRules, sortRules } from '../../describe/rbac.ts';
import { ExitError, KubectlError } from '../../errors.ts';
import { flagSpecs } from '../../flags/flag-spec.ts';
import { TabWriter } from '../../printers/tab-writer.ts';

const resourceVerbs = new Set(
  'get list watch create update patch delete deletecollection use bind impersonate * approve sign escalate attest'.split(
    ' ',
  ),
);
const nonResourceVerbs = new Set('get put post head options delete patch *'.split(' '));

export const canI: Command = {
  use: 'can-i VERB [TYPE | TYPE/NAME | NONRESOURCEURL]',
  short: 'Check whether an action is allowed',
  long: 'Asks the server whether you, or whoever is given with --as, may do something. The exit code is 1 for no.',
  example: `kubectl auth can-i create pods

# Someone else
kubectl auth can-i list pods --as=system:serviceaccount:dev:builder

# Everything that is allowed
kubectl auth can-i --list`,
  flags: flagSpecs(`A/all-namespaces=false list=false no-headers=false q/quiet=false subresource=''`),
  plainUseLine: true,
  run: runCanI,
};

interface Question {
  readonly verb: string;
  readonly url: string;
  readonly group: string;
  readonly resource: string;
  readonly name: string;
}

/** Upstream: kubectl/pkg/cmd/auth/cani.go (v1.36) */
function* runCanI(invocation: Invocation): Process<void> {
  const { flags, args, factory, out } = invocation;
  if (flags.bool('list')) return yield* listAccess(invocation);
  const [verb, what] = args;
  if (verb === undefined || what === undefined || args.length !== 2) {
    throw new KubectlError(
      "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
    );
  }
  const question = yield* questionFor(invocation, verb, what);
  const namespace = flags.bool('all-namespaces') ? '' : factory.namespace;
  const { group, resource, name, url } = question;
  const spec: authorizationv1.SelfSubjectAccessReviewSpec =
    url === ''
      ? {
          resourceAttributes: { namespace, verb, group, resource, subresource: flags.string('subresource'), name },
        }
      : { nonResourceAttributes: { path: url, verb } };
  const review = yield* ask<authorizationv1.SelfSubjectAccessReview>(invocation, 'SelfSubjectAccessReview', spec);
  const { allowed = false, reason = '', evaluationError = '' } = review.status ?? { allowed: false };
  if (!flags.bool('quiet')) {
    const why = [reason, evaluationError].filter(Boolean).map((text) => ` - ${text}`);
    yield* out.line(allowed ? 'yes' : `no${why.join('')}`);
  }
  if (!allowed) throw new ExitError(1);
}

function* ask<T>({ factory }: Invocation, kind: string, spec: object): Process<T> {
  return yield* factory.rest.json<T>({
    method: 'POST',
    path: `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`,
    headers: { 'content-type': 'application/json' },
    body: { kind, apiVersion: 'authorization.k8s.io/v1', metadata: {}, spec },
  });
}

/** Warns of what cannot be right. @throws KubectlError */
function* questionFor({ flags, factory, err }: Invocation, verb: string, what: string): Process<Question> {
  const warn = (text: string) => err.print(`Warning: ${text}\n\n`);
  const empty = { verb, url: '', group: '', resource: '', name: '' };
  if (flags.bool('no-headers')) throw new KubectlError('--no-headers cannot be set without --list specified');
  if (what.startsWith('/')) {
    if (flags.string('subresource') !== '') throw new KubectlError('--subresource can not be used with NonResourceURL');
    if (!nonResourceVerbs.has(verb)) yield* warn(`verb '${verb}' is not a known verb`);
    return { ...empty, url: what };
  }
  const slash = what.indexOf('/');
  const [type, name] = slash < 0 ? [what, ''] : [what.slice(0, slash), what.slice(slash + 1)];
  if (type === '*') {
    if (!flags.bool('all-namespaces') && !resourceVerbs.has(verb)) yield* warn(`verb '${verb}' is not a known verb`);
    return { ...empty, resource: type, name };
  }
  const mapping = (yield* factory.discovery()).lookup(type.toLowerCase());
  if (mapping === undefined) {
    if (type !== 'users' && type !== 'groups') {
      const dot = type.indexOf('.');
      const inGroup = dot < 0 ? '' : ` in group '${type.slice(dot + 1).toLowerCase()}'`;
      const resource = (dot < 0 ? type : type.slice(0, dot)).toLowerCase();
      yield* warn(`the server doesn't have a resource type '${resource}'${inGroup}`);
    }
  } else if (!mapping.namespaced && !flags.bool('all-namespaces')) {
    const inGroup = mapping.group === '' ? '' : ` in group '${mapping.group}'`;
    yield* warn(`resource '${mapping.resource}' is not namespace scoped${inGroup}`);
  }
  if (!flags.bool('all-namespaces') && !resourceVerbs.has(verb)) yield* warn(`verb '${verb}' is not a known verb`);
  return { ...empty, group: mapping?.group ?? '', resource: mapping?.resource ?? type, name };
}

function* listAccess(invocation: Invocation): Process<void> {
  const { flags, args, factory, out, err } = invocation;
  if (args.length > 0) throw new KubectlError('list option must be specified with no arguments');
  if (flags.bool('quiet') || flags.bool('all-namespaces') || flags.string('subresource') !== '') {
    throw new KubectlError("list option can't be specified with neither quiet, all-namespaces nor subresource options");
  }
  const { namespace } = factory;
  const review = yield* ask<authorizationv1.SelfSubjectRulesReview>(invocation, 'SelfSubjectRulesReview', {
    namespace,
  });
  const { incomplete, evaluationError = '', resourceRules = [], nonResourceRules = [] } = review.status ?? {};
  if (incomplete) yield* err.line(`Warning: the list may be incomplete: ${evaluationError}`);
  const rules: rbacv1.PolicyRule[] = [...resourceRules, ...nonResourceRules];
  const table = new TabWriter();
  if (!flags.bool('no-headers')) table.line('Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs');
  for (const rule of sortRules(compactRules(rules.flatMap(breakdownRule)))) {
    const { resources = [], apiGroups = [], nonResourceURLs, resourceNames, verbs } = rule;
    table.line(
      combineResourceGroup(resources, apiGroups),
      goList(nonResourceURLs),
      goList(resourceNames),
      goList(verbs),
    );
  }
  yield* out.print(table.flush());
}

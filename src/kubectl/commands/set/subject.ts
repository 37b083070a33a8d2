import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { compareStrings } from '../../../apimachinery/go-format.ts';
import type { JsonObject } from '../../../apimachinery/json-value.ts';
import type { Process } from '../../../process/process.ts';
import type { Command, Invocation } from '../../command.ts';
import { KubectlError } from '../../errors.ts';
import { flagSpecs } from '../../flags/flag-spec.ts';
import { arrayAt, kindOf, type Unstructured } from '../../object.ts';
import { dryRunStrategy, printerOf, selectorFlags, withDryRun } from '../../options.ts';
import type { Info } from '../../resource/info.ts';
import { checkLocal, runPatches, setFlags, setTargets } from './set-support.ts';

export const setSubject: Command = {
  use: 'subject (-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: 'Add users, groups or service accounts to a role binding or cluster role binding',
  example: 'kubectl set subject clusterrolebinding admin --user=ann --group=team',
  flags: [...setFlags, ...selectorFlags, ...flagSpecs('group:array=[] serviceaccount:array=[] user:array=[]')],
  plainUseLine: true,
  completion: 'none',
  run: runSetSubject,
};

const rbacGroup = 'rbac.authorization.k8s.io';

function* runSetSubject(invocation: Invocation): Process<void> {
  const { flags, args, factory } = invocation;
  const dryRun = yield* dryRunStrategy(invocation);
  const print = printerOf(invocation, withDryRun('subjects updated', dryRun));
  const infos = yield* setTargets(invocation, args);
  checkLocal(invocation, dryRun);
  if (flags.bool('all') && flags.string('selector') !== '') {
    throw new KubectlError('cannot set --all and --selector at the same time');
  }
  const wanted = subjects(invocation, infos, factory.namespace);
  yield* runPatches(invocation, {
    infos,
    dryRun,
    print,
    errors: [],
    failure: 'failed to patch subjects to rolebinding:',
    change: (object) => withSubjects(object, wanted),
  });
}

function subjects({ flags }: Invocation, infos: readonly Info[], namespace: string): JsonObject[] {
  const sorted = (name: string) => [...new Set(flags.strings(name))].sort(compareStrings);
  const [users, groups, accounts] = [sorted('user'), sorted('group'), sorted('serviceaccount')];
  if (users.length + groups.length + accounts.length === 0) {
    throw new KubectlError('you must specify at least one value of user, group or serviceaccount');
  }
  const named = (kind: string, names: readonly string[]) => names.map((name) => ({ kind, apiGroup: rbacGroup, name }));
  const serviceAccounts = accounts.map((text) => {
    const parts = text.split(':');
    const [given = '', name = ''] = parts;
    if (parts.length !== 2 || name === '') throw new KubectlError('serviceaccount must be <namespace>:<name>');
    if (given === '' && infos.some((info) => kindOf(info.object).kind === 'ClusterRoleBinding')) {
      throw new KubectlError('serviceaccount must be <namespace>:<name>, namespace must be specified');
    }
    return { kind: 'ServiceAccount', name, namespace: given || namespace };
  });
  return [...named('User', users), ...named('Group', groups), ...serviceAccounts];
}

function withSubjects(object: Unstructured, wanted: readonly JsonObject[]): Unstructured | undefined {
  const { kind, group } = kindOf(object);
  if (group !== rbacGroup || (kind !== 'RoleBinding' && kind !== 'ClusterRoleBinding')) {
    throw new KubectlError('setting subjects is only supported for RoleBinding/ClusterRoleBinding');
  }
  const existing = arrayAt(object, 'subjects');
  const added = wanted.filter((one) => !existing.some((other) => deepEqual(other, one)));
  return added.length === 0 ? undefined : { ...object, subjects: [...existing, ...added] };
}

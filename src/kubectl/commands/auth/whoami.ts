import type * as authenticationv1 from '../../../api/authentication/v1.ts';
import { isForbidden, isNotFound } from '../../../apimachinery/status-error.ts';
import type { Process } from '../../../process/process.ts';
import type { Command, Invocation } from '../../command.ts';
import { goList, sortedKeys } from '../../describe/describe-parts.ts';
import { KubectlError } from '../../errors.ts';
import type { Unstructured } from '../../object.ts';
import { printerOf } from '../../options.ts';
import { printFlags } from '../../printers/object-printer.ts';
import { TabWriter } from '../../printers/tab-writer.ts';

export const whoami: Command = {
  use: 'whoami',
  short: 'Experimental: Check self subject attributes',
  long: 'Shows as whom the server knows you: name, groups and what else came with your credentials.',
  example: `kubectl auth whoami

kubectl auth whoami -o json`,
  flags: printFlags,
  plainUseLine: true,
  run: runWhoami,
};

/** Upstream: kubectl/pkg/cmd/auth/whoami.go (v1.36) */
function* runWhoami(invocation: Invocation): Process<void> {
  const { flags, args, factory, out } = invocation;
  if (args.length > 0) throw new KubectlError('whoami does not take arguments');
  let review: authenticationv1.SelfSubjectReview;
  try {
    review = yield* factory.rest.json<authenticationv1.SelfSubjectReview>({
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      headers: { 'content-type': 'application/json' },
      body: { kind: 'SelfSubjectReview', apiVersion: 'authentication.k8s.io/v1', metadata: {} },
    });
  } catch (error) {
    const text = 'the selfsubjectreviews API is not enabled in the cluster';
    if (isForbidden(error)) throw new KubectlError(`${text} or you do not have permission to call it`);
    if (isNotFound(error)) throw new KubectlError(text);
    throw error;
  }
  if (flags.string('output') !== '' || flags.string('template') !== '') {
    return yield* printerOf(invocation, '')(review as unknown as Unstructured, { typed: true });
  }
  const { username, uid, groups, extra } = review.status?.userInfo ?? {};
  const table = new TabWriter();
  table.line('ATTRIBUTE', 'VALUE');
  if (username) table.line('Username', username);
  if (uid) table.line('UID', uid);
  if (groups?.length) table.line('Groups', goList(groups));
  for (const key of sortedKeys(extra)) table.line(`Extra: ${key}`, goList(extra?.[key]));
  yield* out.print(table.flush());
}

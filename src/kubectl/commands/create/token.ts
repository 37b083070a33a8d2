import { errorText } from '../../../apimachinery/error-text.ts';
import { resourcePath } from '../../../client/resource-path.ts';
import { serviceAccounts } from '../../../api/resources.ts';
import type { Process } from '../../../process/process.ts';
import type { Command, Invocation } from '../../command.ts';
import { KubectlError } from '../../errors.ts';
import { flagSpecs } from '../../flags/flag-spec.ts';
import { stringAt, type Unstructured } from '../../object.ts';
import { printerOf } from '../../options.ts';
import { printFlags } from '../../printers/object-printer.ts';
import { nameFromArgs } from './create-subcommand.ts';

const boundKinds: ReadonlyMap<string, string> = new Map([
  ['Node', 'v1'],
  ['Pod', 'v1'],
  ['Secret', 'v1'],
]);

export const createToken: Command = {
  use: 'token SERVICE_ACCOUNT_NAME',
  short: 'Request a service account token',
  example: 'kubectl create token robot --duration=10m',
  flags: [
    ...flagSpecs("audience:array=[] bound-object-kind='' bound-object-name='' bound-object-uid='' duration=0s"),
    ...printFlags,
  ],
  plainUseLine: true,
  completion: 'none',
  run: runToken,
};

function* runToken(invocation: Invocation): Process<void> {
  const { flags, factory, out, context } = invocation;
  const name = nameFromArgs(invocation);
  const print = printerOf(invocation, '');
  const spec = tokenSpec(invocation);
  let token: Unstructured;
  try {
    token = yield* factory.rest.json<Unstructured>({
      method: 'POST',
      path: resourcePath(serviceAccounts, { namespace: factory.namespace, name, subresource: 'token' }),
      headers: { 'content-type': 'application/json' },
      body: {
        kind: 'TokenRequest',
        apiVersion: 'authentication.k8s.io/v1',
        metadata: {},
        spec,
        status: { token: '', expirationTimestamp: null },
      },
    });
  } catch (error) {
    throw new KubectlError(`failed to create token: ${errorText(error)}`);
  }
  const text = stringAt(token, 'status', 'token');
  if (text === '') throw new KubectlError('failed to create token: no token in server response');
  if (flags.changed('output')) yield* print(token, { typed: true });
  else yield* out.print(context.tty === undefined ? text : `${text}\n`);
}

function tokenSpec({ flags }: Invocation) {
  const duration = flags.duration('duration');
  if (duration < 0) throw new KubectlError('--duration must be greater than or equal to 0');
  if (duration % 1000 !== 0) throw new KubectlError('--duration cannot be expressed in units less than seconds');
  const audiences = flags.strings('audience');
  if (audiences.includes('')) throw new KubectlError('--audience must not be an empty string');
  const [kind, name, uid] = [
    flags.string('bound-object-kind'),
    flags.string('bound-object-name'),
    flags.string('bound-object-uid'),
  ];
  if (kind === '') {
    if (name !== '') throw new KubectlError('--bound-object-name can only be set if --bound-object-kind is provided');
    if (uid !== '') throw new KubectlError('--bound-object-uid can only be set if --bound-object-kind is provided');
  } else {
    if (!boundKinds.has(kind)) {
      throw new KubectlError(`supported --bound-object-kind values are ${[...boundKinds.keys()].join(', ')}`);
    }
    if (name === '') throw new KubectlError('--bound-object-name is required if --bound-object-kind is provided');
  }
  const bound = { kind, apiVersion: boundKinds.get(kind) ?? '', name, ...(uid === '' ? {} : { uid }) };
  return {
    audiences: audiences.length === 0 ? null : audiences,
    ...(duration > 0 ? { expirationSeconds: duration / 1000 } : {}),
    ...(kind === '' ? {} : { boundObjectRef: bound }),
  };
}

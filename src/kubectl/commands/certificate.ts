import type * as certificatesv1 from '../../api/certificates/v1.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { isConflict } from '../../apimachinery/status-error.ts';
import type { Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { KubectlError } from '../errors.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { arrayAt, type Unstructured, withValueAt } from '../object.ts';
import { printerOf } from '../options.ts';
import { printFlags } from '../printers/object-printer.ts';
import { filenameFlags, filenameOptions, isFilenameSliceEmpty } from '../resource/filenames.ts';
import type { Info } from '../resource/info.ts';

const decisionFlags = [...flagSpecs('force=false'), ...filenameFlags, ...printFlags];
const attempts = 10;

interface Decision {
  readonly type: 'Approved' | 'Denied';
  readonly opposite: 'Approved' | 'Denied';
  readonly operation: string;
  readonly reason: string;
}

const approval: Decision = {
  type: 'Approved',
  opposite: 'Denied',
  operation: 'approved',
  reason: 'KubectlApprove',
};
const denial: Decision = { type: 'Denied', opposite: 'Approved', operation: 'denied', reason: 'KubectlDeny' };

export const certificate: Command = {
  use: 'certificate SUBCOMMAND',
  group: 'cluster',
  short: 'Modify certificate resources',
  long: 'Decide about certificate signing requests.',
  plainUseLine: true,
  commands: [
    {
      use: 'approve (-f FILENAME | NAME)',
      short: 'Approve a certificate signing request',
      long: 'Tells the signer that it may sign what was requested.',
      example: 'kubectl certificate approve my-request',
      flags: decisionFlags,
      plainUseLine: true,
      run: (invocation) => decide(invocation, approval),
    },
    {
      use: 'deny (-f FILENAME | NAME)',
      short: 'Deny a certificate signing request',
      long: 'Tells the signer that it may not sign what was requested.',
      example: 'kubectl certificate deny my-request',
      flags: decisionFlags,
      plainUseLine: true,
      run: (invocation) => decide(invocation, denial),
    },
  ],
};

/** Upstream: kubectl/pkg/cmd/certificates/certificates.go modifyCertificateCondition (v1.36) */
function* decide(invocation: Invocation, decision: Decision): Process<void> {
  const { flags, args, factory, err } = invocation;
  const files = filenameOptions(flags);
  if (args.length === 0 && isFilenameSliceEmpty(files)) {
    throw new KubectlError('one or more CSRs must be specified as <name> or -f <filename>');
  }
  const print = printerOf(invocation, decision.operation);
  const result = yield* factory
    .builder()
    .continueOnError()
    .filenameParam(false, files)
    .resourceNames('certificatesigningrequest', ...args)
    .requireObject(true)
    .flatten()
    .latest()
    .do();
  result.check();
  let found = 0;
  yield* result.visit(function* (info) {
    found++;
    yield* print(yield* decideOne(invocation, info, decision));
  });
  if (found === 0) yield* err.line('No resources found');
}

function* decideOne({ flags, context }: Invocation, info: Info, decision: Decision): Process<Unstructured> {
  const helper = info.helper({ subresource: 'approval' });
  for (let attempt = 0; ; attempt++) {
    const csr = yield* info.helper().get(info.namespace, info.name);
    const conditions = arrayAt<certificatesv1.CertificateSigningRequestCondition>(csr, 'status', 'conditions');
    if (conditions.some(({ type }) => type === decision.opposite)) {
      throw new KubectlError(
        `certificate signing request ${JSON.stringify(info.name)} is already ${decision.opposite}`,
      );
    }
    const already = conditions.some(({ type }) => type === decision.type);
    if (already && !flags.bool('force')) return csr;
    const now = formatTime(context.now());
    const condition = {
      type: decision.type,
      status: 'True',
      reason: decision.reason,
      message: `This CSR was ${decision.operation === 'approved' ? 'approved' : 'denied'} by kubectl certificate ${decision.type === 'Approved' ? 'approve' : 'deny'}.`,
      lastUpdateTime: now,
      ...(already ? {} : { lastTransitionTime: now }),
    };
    const before = conditions.find(({ type }) => type === decision.type);
    const kept = before?.lastTransitionTime;
    const next = [
      ...conditions.filter(({ type }) => type !== decision.type),
      kept ? { ...condition, lastTransitionTime: kept } : condition,
    ];
    try {
      return yield* helper.replace('', info.name, withValueAt(csr, ['status', 'conditions'], next));
    } catch (error) {
      if (!isConflict(error) || attempt + 1 >= attempts) throw error;
    }
  }
}

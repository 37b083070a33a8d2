import type * as admissionv1 from '../../../api/admissionregistration/v1.ts';
import { validatingAdmissionPolicies } from '../../../api/resources.ts';
import type { Process } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';

const fieldManager = 'validatingadmissionpolicy-status';

/**
 * Writes what is wrong with the types in a ValidatingAdmissionPolicy into its status.
 *
 * Upstream: pkg/controller/validatingadmissionpolicystatus (v1.36)
 */
export const validatingAdmissionPolicyStatusController = defineController({
  name: 'validatingadmissionpolicy-status-controller',
  serviceAccount: 'validatingadmissionpolicy-status-controller',
  start(run) {
    const informer = run.informer(validatingAdmissionPolicies);
    const queue = run.queue();
    const enqueue = ({ metadata }: admissionv1.ValidatingAdmissionPolicy) => queue.add(metadata.name ?? '');
    run.watch(informer, { add: enqueue, update: (_, policy) => enqueue(policy) });
    run.work({
      queue,
      informers: [informer],
      *reconcile(name) {
        const policy = informer.store.get(name);
        if (policy) yield* syncPolicy(run, policy);
      },
    });
  },
});

function* syncPolicy(run: ControllerRun, policy: admissionv1.ValidatingAdmissionPolicy): Process<void> {
  const { generation = 0, name = '' } = policy.metadata;
  const { checkPolicyTypes } = run.settings;
  if (!checkPolicyTypes || generation <= (policy.status?.observedGeneration ?? 0)) return;
  const warnings = checkPolicyTypes(policy);
  const typeChecking = warnings.length > 0 ? { expressionWarnings: warnings } : {};
  const applied = {
    kind: 'ValidatingAdmissionPolicy',
    apiVersion: 'admissionregistration.k8s.io/v1',
    metadata: { name },
    status: { observedGeneration: generation, typeChecking },
  };
  const resource = run.client.resource(validatingAdmissionPolicies);
  yield* resource.patch(name, 'apply', applied, { fieldManager, force: true, subresource: 'status' });
}

/** Every built-in resource of the API. A test checks that the list is complete. */
import type { ResourceDefinition } from './resource-definition.ts';
import { bindingsDefinition } from './core/bindings.ts';
import { componentStatusesDefinition } from './core/componentstatuses.ts';
import { configMapsDefinition } from './core/configmaps.ts';
import { endpointsDefinition } from './core/endpoints.ts';
import { eventsDefinition } from './core/events.ts';
import { limitRangesDefinition } from './core/limitranges.ts';
import { namespacesDefinition } from './core/namespaces.ts';
import { nodesDefinition } from './core/nodes.ts';
import { persistentVolumeClaimsDefinition } from './core/persistentvolumeclaims.ts';
import { persistentVolumesDefinition } from './core/persistentvolumes.ts';
import { podsDefinition } from './core/pods.ts';
import { podTemplatesDefinition } from './core/podtemplates.ts';
import { replicationControllersDefinition } from './core/replicationcontrollers.ts';
import { resourceQuotasDefinition } from './core/resourcequotas.ts';
import { secretsDefinition } from './core/secrets.ts';
import { serviceAccountsDefinition } from './core/serviceaccounts.ts';
import { servicesDefinition } from './core/services.ts';
import { mutatingAdmissionPoliciesDefinition } from './admissionregistration/mutatingadmissionpolicies.ts';
import { mutatingAdmissionPolicyBindingsDefinition } from './admissionregistration/mutatingadmissionpolicybindings.ts';
import { mutatingWebhookConfigurationsDefinition } from './admissionregistration/mutatingwebhookconfigurations.ts';
import { validatingAdmissionPoliciesDefinition } from './admissionregistration/validatingadmissionpolicies.ts';
import { validatingAdmissionPolicyBindingsDefinition } from './admissionregistration/validatingadmissionpolicybindings.ts';
import { validatingWebhookConfigurationsDefinition } from './admissionregistration/validatingwebhookconfigurations.ts';
import { customResourceDefinitionsDefinition } from './apiextensions/customresourcedefinitions.ts';
import { apiServicesDefinition } from './apiregistration/apiservices.ts';
import { selfSubjectReviewsDefinition } from './authentication/selfsubjectreviews.ts';
import { tokenReviewsDefinition } from './authentication/tokenreviews.ts';
import { localSubjectAccessReviewsDefinition } from './authorization/localsubjectaccessreviews.ts';
import { selfSubjectAccessReviewsDefinition } from './authorization/selfsubjectaccessreviews.ts';
import { selfSubjectRulesReviewsDefinition } from './authorization/selfsubjectrulesreviews.ts';
import { subjectAccessReviewsDefinition } from './authorization/subjectaccessreviews.ts';
import { horizontalPodAutoscalersV1Definition } from './autoscaling/horizontalpodautoscalers-v1.ts';
import { horizontalPodAutoscalersDefinition } from './autoscaling/horizontalpodautoscalers.ts';
import { cronJobsDefinition } from './batch/cronjobs.ts';
import { jobsDefinition } from './batch/jobs.ts';
import { certificateSigningRequestsDefinition } from './certificates/certificatesigningrequests.ts';
import { leasesDefinition } from './coordination/leases.ts';
import { endpointSlicesDefinition } from './discovery/endpointslices.ts';
import { eventsV1Definition } from './events/events.ts';
import { flowSchemasDefinition } from './flowcontrol/flowschemas.ts';
import { priorityLevelConfigurationsDefinition } from './flowcontrol/prioritylevelconfigurations.ts';
import { ingressClassesDefinition } from './networking/ingressclasses.ts';
import { ingressesDefinition } from './networking/ingresses.ts';
import { ipAddressesDefinition } from './networking/ipaddresses.ts';
import { networkPoliciesDefinition } from './networking/networkpolicies.ts';
import { serviceCIDRsDefinition } from './networking/servicecidrs.ts';
import { runtimeClassesDefinition } from './node/runtimeclasses.ts';
import { podDisruptionBudgetsDefinition } from './policy/poddisruptionbudgets.ts';
import { clusterRoleBindingsDefinition } from './rbac/clusterrolebindings.ts';
import { clusterRolesDefinition } from './rbac/clusterroles.ts';
import { roleBindingsDefinition } from './rbac/rolebindings.ts';
import { rolesDefinition } from './rbac/roles.ts';
import { deviceClassesDefinition } from './resource/deviceclasses.ts';
import { resourceClaimsDefinition } from './resource/resourceclaims.ts';
import { resourceClaimTemplatesDefinition } from './resource/resourceclaimtemplates.ts';
import { resourceSlicesDefinition } from './resource/resourceslices.ts';
import { priorityClassesDefinition } from './scheduling/priorityclasses.ts';
import { csiDriversDefinition } from './storage/csidrivers.ts';
import { csiNodesDefinition } from './storage/csinodes.ts';
import { csiStorageCapacitiesDefinition } from './storage/csistoragecapacities.ts';
import { storageClassesDefinition } from './storage/storageclasses.ts';
import { volumeAttachmentsDefinition } from './storage/volumeattachments.ts';
import { volumeAttributesClassesDefinition } from './storage/volumeattributesclasses.ts';
import { controllerRevisionsDefinition } from './apps/controllerrevisions.ts';
import { daemonSetsDefinition } from './apps/daemonsets.ts';
import { deploymentsDefinition } from './apps/deployments.ts';
import { replicaSetsDefinition } from './apps/replicasets.ts';
import { statefulSetsDefinition } from './apps/statefulsets.ts';

export const builtInDefinitions: readonly ResourceDefinition[] = [
  bindingsDefinition,
  componentStatusesDefinition,
  configMapsDefinition,
  endpointsDefinition,
  eventsDefinition,
  limitRangesDefinition,
  namespacesDefinition,
  nodesDefinition,
  persistentVolumeClaimsDefinition,
  persistentVolumesDefinition,
  podsDefinition,
  podTemplatesDefinition,
  replicationControllersDefinition,
  resourceQuotasDefinition,
  secretsDefinition,
  serviceAccountsDefinition,
  servicesDefinition,
  mutatingAdmissionPoliciesDefinition,
  mutatingAdmissionPolicyBindingsDefinition,
  mutatingWebhookConfigurationsDefinition,
  validatingAdmissionPoliciesDefinition,
  validatingAdmissionPolicyBindingsDefinition,
  validatingWebhookConfigurationsDefinition,
  customResourceDefinitionsDefinition,
  apiServicesDefinition,
  selfSubjectReviewsDefinition,
  tokenReviewsDefinition,
  localSubjectAccessReviewsDefinition,
  selfSubjectAccessReviewsDefinition,
  selfSubjectRulesReviewsDefinition,
  subjectAccessReviewsDefinition,
  horizontalPodAutoscalersV1Definition,
  horizontalPodAutoscalersDefinition,
  cronJobsDefinition,
  jobsDefinition,
  certificateSigningRequestsDefinition,
  leasesDefinition,
  endpointSlicesDefinition,
  eventsV1Definition,
  flowSchemasDefinition,
  priorityLevelConfigurationsDefinition,
  ingressClassesDefinition,
  ingressesDefinition,
  ipAddressesDefinition,
  networkPoliciesDefinition,
  serviceCIDRsDefinition,
  runtimeClassesDefinition,
  podDisruptionBudgetsDefinition,
  clusterRoleBindingsDefinition,
  clusterRolesDefinition,
  roleBindingsDefinition,
  rolesDefinition,
  deviceClassesDefinition,
  resourceClaimsDefinition,
  resourceClaimTemplatesDefinition,
  resourceSlicesDefinition,
  priorityClassesDefinition,
  csiDriversDefinition,
  csiNodesDefinition,
  csiStorageCapacitiesDefinition,
  storageClassesDefinition,
  volumeAttachmentsDefinition,
  volumeAttributesClassesDefinition,
  controllerRevisionsDefinition,
  daemonSetsDefinition,
  deploymentsDefinition,
  replicaSetsDefinition,
  statefulSetsDefinition,
];

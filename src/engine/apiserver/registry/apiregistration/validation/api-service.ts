/** Rules of APIServices. Upstream: kube-aggregator/pkg/apis/apiregistration/validation/validation.go (v1.36) */
import type * as apiregistrationv1 from '../../../../../api/apiregistration/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError } from '../../../../../apimachinery/field-error.ts';
import { quote } from '../../../../../apimachinery/go-format.ts';
import {
  isDNS1035Label,
  isDNS1123Subdomain,
  isPathSegmentName,
  isValidPortNum,
} from '../../../../../apimachinery/validation.ts';
import { validateObjectMeta } from '../../../generic/object-meta-validation.ts';
import { type Complaints, complain, oneOf, require } from '../../core/validation/complaints.ts';

type Service = apiregistrationv1.APIService;
type Spec = Partial<apiregistrationv1.APIServiceSpec>;

const specPath = field.newPath('spec');

const nameRule =
  (required: string) =>
  (name: string): readonly string[] => {
    const wrong = isPathSegmentName(name);
    if (wrong.length > 0 || name === required) return wrong;
    return [`must be \`spec.version+"."+spec.group\`: ${quote(required)}`];
  };

function validatePriority(errors: Complaints, name: string, value: number, most: number): void {
  if (value > 0 && value <= most) return;
  complain(errors, specPath, name, value, [`must be positive and less than ${most}`]);
}

function bytesOf(base64: string): number {
  return Math.floor((base64.replace(/=+$/, '').length * 3) / 4);
}

function validateLocal(errors: Complaints, { caBundle = '', insecureSkipTLSVerify: insecure }: Spec): void {
  if (caBundle !== '') {
    complain(errors, specPath, 'caBundle', `${bytesOf(caBundle)} bytes`, ['local APIServices may not have a caBundle']);
  }
  if (!insecure) return;
  complain(errors, specPath, 'insecureSkipTLSVerify', true, ['local APIServices may not have insecureSkipTLSVerify']);
}

function validateRemote(errors: Complaints, spec: Spec, service: apiregistrationv1.ServiceReference): void {
  const path = specPath.child('service');
  require(errors, path, 'namespace', service.namespace);
  require(errors, path, 'name', service.name);
  const port = service.port ?? 0;
  const wrong = isValidPortNum(port);
  if (wrong.length > 0) complain(errors, path, 'port', port, [`port is not valid: ${wrong.join(', ')}`]);
  if (!spec.insecureSkipTLSVerify || !spec.caBundle) return;
  complain(errors, specPath, 'insecureSkipTLSVerify', true, ['may not be true if caBundle is present']);
}

/** Complaints about an APIService, those about its metadata included. */
export function validateAPIService({ metadata, spec = {} as apiregistrationv1.APIServiceSpec }: Service): FieldError[] {
  const { group = '', version = '', groupPriorityMinimum = 0, versionPriority = 0, service } = spec;
  const errors: Complaints = validateObjectMeta(metadata, false, nameRule(`${version}.${group}`));
  if (group === '' && version !== 'v1') {
    const why = 'only v1 may have an empty group and it better be legacy kube';
    errors.push(field.required(specPath.child('group'), why));
  }
  if (group !== '') complain(errors, specPath, 'group', group, isDNS1123Subdomain(group));
  complain(errors, specPath, 'version', version, isDNS1035Label(version));
  validatePriority(errors, 'groupPriorityMinimum', groupPriorityMinimum, 20_000);
  validatePriority(errors, 'versionPriority', versionPriority, 1000);
  if (service) validateRemote(errors, spec, service);
  else validateLocal(errors, spec);
  return errors;
}

/** Complaints about a change of an APIService's status. */
export function validateAPIServiceStatusUpdate({ status }: Service): FieldError[] {
  const errors: Complaints = [];
  for (const [i, condition] of (status?.conditions ?? []).entries()) {
    const path = field.newPath('status', 'conditions').index(i);
    oneOf(errors, path, 'status', condition.status, ['True', 'False', 'Unknown']);
  }
  return errors;
}

/** Rules of certificate signing requests. Upstream: pkg/apis/certificates/validation/validation.go (v1.36) */
import type * as certificatesv1 from '../../../../../api/certificates/v1.ts';
import { errorText } from '../../../../../apimachinery/error-text.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError } from '../../../../../apimachinery/field-error.ts';
import { quote } from '../../../../../apimachinery/go-format.ts';
import { certificateComplaint } from '../../../../certificates/certificate.ts';
import { parseCertificateRequest } from '../../../../certificates/certificate-request.ts';
import { type Complaints, complain, requiredOneOf } from '../../core/validation/complaints.ts';
import { validateSignerName } from '../../core/validation/signer-names.ts';

type Request = certificatesv1.CertificateSigningRequest;
type Condition = certificatesv1.CertificateSigningRequestCondition;

const specPath = field.newPath('spec');
const statusPath = field.newPath('status');
const legacyUnknownSignerName = 'kubernetes.io/legacy-unknown';
const minExpirationSeconds = 600;
const approvalTypes = ['Approved', 'Denied'];
const keptTypes = [...approvalTypes, 'Failed'];
const statuses = ['False', 'True', 'Unknown'];
const validUsages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];

const conditionsOf = ({ status }: Request): readonly Condition[] => status?.conditions ?? [];
const hasRepeats = (values: readonly string[]): boolean => new Set(values).size < values.length;
const typesOf = (request: Request): string[] => conditionsOf(request).map(({ type }) => type ?? '');

/** What is tolerated because it was there before. Upstream: getValidationOptions */
interface Tolerance {
  /** The request itself is what it was. */
  readonly sameRequest: boolean;
  readonly bothApprovedAndDenied: boolean;
  readonly legacySignerName: boolean;
  readonly repeatedTypes: boolean;
  readonly emptyType: boolean;
  readonly anyCertificate: boolean;
  readonly unknownUsages: boolean;
  readonly repeatedUsages: boolean;
}

const strict: Tolerance = {
  sameRequest: false,
  bothApprovedAndDenied: false,
  legacySignerName: false,
  repeatedTypes: false,
  emptyType: false,
  anyCertificate: false,
  unknownUsages: false,
  repeatedUsages: false,
};

function toleranceOf(request: Request, old: Request): Tolerance {
  const types = typesOf(old);
  const usages: readonly string[] = old.spec.usages ?? [];
  const certificate = old.status?.certificate ?? '';
  return {
    sameRequest: request.spec.request === old.spec.request,
    bothApprovedAndDenied: approvalTypes.every((type) => types.includes(type)),
    legacySignerName: old.spec.signerName === legacyUnknownSignerName,
    repeatedTypes: hasRepeats(types),
    emptyType: types.includes(''),
    anyCertificate:
      certificate === (request.status?.certificate ?? '') || certificateComplaint(atob(certificate)) !== undefined,
    unknownUsages: usages.some((usage) => !validUsages.includes(usage)),
    repeatedUsages: hasRepeats(usages),
  };
}

function requestComplaint(request: string): string | undefined {
  try {
    parseCertificateRequest(request).checkSignature();
    return undefined;
  } catch (error) {
    return errorText(error);
  }
}

function validateUsages(errors: Complaints, usages: readonly string[], tolerance: Tolerance): void {
  const path = specPath.child('usages');
  if (usages.length === 0) errors.push(field.required(path));
  for (const [i, usage] of tolerance.unknownUsages ? [] : usages.entries()) {
    if (!validUsages.includes(usage)) errors.push(field.notSupported(path.index(i), usage, validUsages));
  }
  for (const [i, usage] of tolerance.repeatedUsages ? [] : usages.entries()) {
    if (usages.indexOf(usage) < i) errors.push(field.duplicate(path.index(i), usage));
  }
}

function validateConditions(errors: Complaints, conditions: readonly Condition[], tolerance: Tolerance): void {
  const path = statusPath.child('conditions');
  const seen = new Set<string>();
  for (const [i, { type = '', status }] of conditions.entries()) {
    const at = path.index(i);
    if (type === '' && !tolerance.emptyType) errors.push(field.required(at.child('type')));
    requiredOneOf(errors, at, 'status', status, keptTypes.includes(type) ? ['True'] : statuses);
    const opposite = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : undefined;
    if (opposite && seen.has(opposite) && !tolerance.bothApprovedAndDenied) {
      errors.push(field.invalid(path, type, 'Approved and Denied conditions are mutually exclusive'));
    }
    if (seen.has(type) && !tolerance.repeatedTypes) errors.push(field.duplicate(at.child('type'), type));
    seen.add(type);
  }
}

/** Complaints about a request, new or changed. */
export function validateCertificateSigningRequest(object: Request, tolerance: Tolerance = strict): FieldError[] {
  const errors: Complaints = [];
  const { request, usages, signerName = '', expirationSeconds } = object.spec ?? {};
  const why = tolerance.sameRequest ? undefined : requestComplaint(request ?? '');
  if (why !== undefined) complain(errors, specPath, 'request', request ?? null, [why]);
  validateUsages(errors, usages ?? [], tolerance);
  if (signerName === legacyUnknownSignerName && !tolerance.legacySignerName) {
    const legacy = 'the legacy signerName is not allowed via this API version';
    complain(errors, specPath, 'signerName', signerName, [legacy]);
  } else validateSignerName(errors, specPath.child('signerName'), signerName);
  if (expirationSeconds !== undefined && expirationSeconds < minExpirationSeconds) {
    const short = 'may not specify a duration less than 600 seconds (10 minutes)';
    complain(errors, specPath, 'expirationSeconds', expirationSeconds, [short]);
  }
  validateConditions(errors, conditionsOf(object), tolerance);
  const certificate = tolerance.anyCertificate ? '' : (object.status?.certificate ?? '');
  const wrong = certificateComplaint(atob(certificate));
  if (wrong !== undefined) complain(errors, statusPath, 'certificate', '<certificate data>', [wrong]);
  return errors;
}

/** Which part of the status a way of changing a request may change. */
export type CertificateUpdate = 'main' | 'status' | 'approval';

/** Complaints about a change of a request. */
export function validateCertificateSigningRequestUpdate(
  object: Request,
  old: Request,
  update: CertificateUpdate,
): FieldError[] {
  const errors = validateCertificateSigningRequest(object, toleranceOf(object, old));
  const path = statusPath.child('conditions');
  const [types, before] = [typesOf(object), typesOf(old)];
  const change = (type: string): number => {
    const count = (list: readonly string[]) => list.filter((one) => one === type).length;
    return count(types) - count(before);
  };
  for (const type of keptTypes) {
    if (change(type) < 0)
      errors.push(field.forbidden(path, `updates may not remove a condition of type ${quote(type)}`));
  }
  for (const type of update === 'approval' ? [] : approvalTypes) {
    if (change(type) > 0) errors.push(field.forbidden(path, `updates may not add a condition of type ${quote(type)}`));
  }
  const certificate = old.status?.certificate ?? '';
  if ((object.status?.certificate ?? '') === certificate) return errors;
  const at = statusPath.child('certificate');
  if (update !== 'status') errors.push(field.forbidden(at, 'updates may not set certificate content'));
  else if (certificate !== '') {
    errors.push(field.forbidden(at, 'updates may not modify existing certificate content'));
  }
  return errors;
}

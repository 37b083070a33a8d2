import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { isDNS1123Subdomain, isHTTPPath } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complainAt } from '../../core/validation/complaints.ts';

/** Complains about a text that is not like `acme.io/foo`. Upstream: IsDomainPrefixedPath (v1.36) */
export function validateDomainPrefixedPath(errors: Complaints, path: Path, value: string): void {
  if (value === '') {
    errors.push(field.required(path));
    return;
  }
  const slash = value.indexOf('/');
  const rest = value.slice(slash + 1);
  if (slash <= 0 || rest === '') {
    errors.push(field.invalid(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")'));
    return;
  }
  complainAt(errors, path, value.slice(0, slash), isDNS1123Subdomain(value.slice(0, slash)));
  complainAt(errors, path, rest, isHTTPPath(rest));
}

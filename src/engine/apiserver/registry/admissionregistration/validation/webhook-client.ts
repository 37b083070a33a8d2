/** Rules of how a webhook is reached. Upstream: apiserver/pkg/util/webhook/validation.go (v1.36) */
import type * as admissionregistrationv1 from '../../../../../api/admissionregistration/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { quote } from '../../../../../apimachinery/go-format.ts';
import { isDNS1123Subdomain, isValidPortNum } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, require } from '../../core/validation/complaints.ts';

const form = '; desired format: https://host[/path]';
const urlParts = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/(?:([^/?#]*)@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;

/** Complains about a URL that is not plain https. Upstream: ValidateWebhookURL */
export function validateWebhookURL(errors: Complaints, path: Path, url: string): void {
  const why = /[\u0000-\u001f\u007f]/.test(url)
    ? 'net/url: invalid control character in URL'
    : url.startsWith(':')
      ? 'missing protocol scheme'
      : undefined;
  if (why !== undefined) {
    errors.push(field.required(path, `url must be a valid URL: parse ${quote(url)}: ${why}${form}`));
    return;
  }
  const [, scheme = '', user, host = '', , query = '', fragment = ''] = urlParts.exec(url) ?? [];
  const wrong = (value: string, text: string): number => errors.push(field.invalid(path, value, text));
  if (scheme.toLowerCase() !== 'https') wrong(scheme.toLowerCase(), `'https' is the only allowed URL scheme${form}`);
  if (host === '') wrong(host, `host must be specified${form}`);
  if (user !== undefined) wrong(user, 'user information is not permitted in the URL');
  if (fragment !== '') wrong(fragment, 'fragments are not permitted in the URL');
  if (query !== '') wrong(query, 'query parameters are not permitted in the URL');
}

type ServiceReference = admissionregistrationv1.ServiceReference;

/** Complains about a service that cannot be called. Upstream: ValidateWebhookService */
export function validateWebhookService(errors: Complaints, path: Path, service: ServiceReference): void {
  const { name, namespace, path: urlPath, port = 0 } = service;
  // Each is told of the other's absence, as upstream's caller has it.
  require(errors, path, 'name', namespace);
  require(errors, path, 'namespace', name);
  const messages = isValidPortNum(port);
  if (messages.length > 0) complain(errors, path, 'port', port, [`port is not valid: ${messages.join(', ')}`]);
  if (!urlPath || urlPath === '/') return;
  const wrong = (why: string): void => complain(errors, path, 'path', urlPath, [why]);
  if (urlPath === '//') {
    wrong('segment[0] may not be empty');
    return;
  }
  if (!urlPath.startsWith('/')) wrong("must start with a '/'");
  for (const [i, step] of urlPath.slice(1).replace(/\/$/, '').split('/').entries()) {
    if (step === '') wrong(`segment[${i}] may not be empty`);
    else for (const failure of isDNS1123Subdomain(step)) wrong(`segment[${i}]: ${failure}`);
  }
}

/** Complains unless there is one way to reach the webhook. */
export function validateClientConfig(
  errors: Complaints,
  path: Path,
  { url, service }: admissionregistrationv1.WebhookClientConfig,
): void {
  if ((url === undefined) === (service === undefined)) {
    errors.push(field.required(path, 'exactly one of url or service is required'));
  } else if (url !== undefined) validateWebhookURL(errors, path.child('url'), url);
  else if (service) validateWebhookService(errors, path.child('service'), service);
}

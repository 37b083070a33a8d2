/** agnhost test-service-account-issuer-discovery: verifies its token with what the API server publishes of itself. */
import { decodeBase64 } from '../../../apimachinery/base64.ts';
import { p256 } from '@noble/curves/nist.js';
import type { Process } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { FileSystemError } from '../../../shell/file-system.ts';
import { httpRequest } from '../../../shell/http-client.ts';
import { decode, encode } from '../../../shell/text.ts';
import { goFileError, goLog, parseGoFlags } from './go-program.ts';

type Json = Readonly<Record<string, unknown>>;

const accountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';
const timeoutMs = 30_000;

/** The token is not one that the issuer vouches for. */
class VerificationError extends Error {}

function bytesOf(base64Url: string): Uint8Array<ArrayBuffer> {
  return decodeBase64(base64Url.replaceAll('-', '+').replaceAll('_', '/'));
}

const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

function parseJson(text: string): Json {
  try {
    return record(JSON.parse(text));
  } catch {
    throw new VerificationError('oidc: malformed jwt: oidc: malformed jwt payload');
  }
}

/** Upstream: test/images/agnhost/openidmetadata/openidmetadata.go (v1.36) */
export function* issuerDiscovery(context: ProgramContext, words: readonly string[]): Process<number> {
  const { values } = parseGoFlags(words);
  const path = values.get('token-path') ?? '';
  try {
    const token = decode(context.fs.readFile(path));
    yield* goLog(context, 'OK: Got token');
    yield* goLog(context, 'validating with in-cluster discovery');
    yield* validate(context, token, values.get('audience') ?? '');
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const why = error instanceof FileSystemError ? goFileError('open', path, error) : error.message;
    yield* goLog(context, `failed to validate with in-cluster discovery: ${why}`);
    return 1;
  }
}

function* validate(context: ProgramContext, token: string, audience: string): Process<void> {
  const [head = '', body = '', signature = ''] = token.split('.');
  const claims = parseJson(decode(bytesOf(body)));
  const issuer = String(claims.iss);
  yield* goLog(context, `OK: got issuer ${issuer}`);
  yield* goLog(context, `Full, not-validated claims: \n${JSON.stringify(claims)}`);
  const provider = yield* fetchJson(context, `${issuer}/.well-known/openid-configuration`);
  if (provider.issuer !== issuer) {
    const found = JSON.stringify(provider.issuer ?? '');
    throw new VerificationError(
      `oidc: issuer did not match the issuer returned by provider, expected "${issuer}" got ${found}`,
    );
  }
  yield* goLog(context, `OK: Constructed OIDC provider for issuer ${issuer}`);
  if (![claims.aud].flat().includes(audience)) {
    throw new VerificationError(`oidc: expected audience "${audience}" got ${JSON.stringify(claims.aud)}`);
  }
  if (Number(claims.exp) * 1000 < context.now()) throw new VerificationError('oidc: token is expired');
  const { keys } = yield* fetchJson(context, String(provider.jwks_uri));
  const { kid } = parseJson(decode(bytesOf(head)));
  const key = record((Array.isArray(keys) ? keys : []).find((one: unknown) => record(one).kid === kid));
  const point = Uint8Array.of(4, ...bytesOf(String(key.x ?? '')), ...bytesOf(String(key.y ?? '')));
  if (!isSigned(`${head}.${body}`, bytesOf(signature), point)) {
    throw new VerificationError('failed to verify signature: failed to verify id token signature');
  }
  yield* goLog(context, 'OK: Validated signature on JWT');
  yield* goLog(context, 'OK: Got valid claims from token!');
  yield* goLog(context, `Full, validated claims: \n${JSON.stringify(claims)}`);
}

function isSigned(text: string, signature: Uint8Array, point: Uint8Array): boolean {
  try {
    return p256.verify(signature, encode(text), point, { lowS: false });
  } catch {
    return false;
  }
}

function* fetchJson(context: ProgramContext, url: string): Process<Json> {
  if (!context.network) throw new VerificationError(`Get "${url}": network is unreachable`);
  const headers = { Authorization: `Bearer ${decode(context.fs.readFile(accountToken))}` };
  const { status, reason, body } = yield* httpRequest(context.network, { url, headers, timeoutMs });
  if (status !== 200) throw new VerificationError(`${status} ${reason}: ${decode(body)}`);
  return parseJson(decode(body));
}

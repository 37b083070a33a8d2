import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import type { ClusterOptions } from '../engine/cluster.ts';

export interface ServingCertificate {
  /** PEM. */
  readonly key: string;
  /** PEM. */
  readonly cert: string;
  /** Whom a client must trust, and who signs what clients ask to be signed. */
  readonly authority: NonNullable<ClusterOptions['authority']>;
}

interface KeyPair {
  /** PEM. */
  readonly key: string;
  /** PEM. */
  readonly cert: string;
}

const dayMs = 86_400_000;
const validityMs = 365 * dayMs;
const names = [
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
  'localhost',
];
const addresses = ['127.0.0.1', '10.96.0.1'];
const curve = 'P-256';

/**
 * A serving certificate for a host's name or address and for loopback, from an authority that is kept in a folder so that
 * kubeconfigs stay valid; a new authority when that one has less than a month left.
 */
export async function servingCertificate(host: string, folder?: string): Promise<ServingCertificate> {
  const file = (name: string) => join(folder ?? '', name);
  let authority = folder ? readAuthority(file('ca.crt'), file('ca.key')) : undefined;
  if (!authority) {
    authority = await makeAuthority();
    if (folder) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file('ca.crt'), authority.cert);
      writeFileSync(file('ca.key'), authority.key, { mode: 0o600 });
      chmodSync(file('ca.key'), 0o600);
    }
  }
  const server = await makeServerPair(host, authority);
  return { ...server, authority: { key: scalarOf(authority.key), certificate: authority.cert } };
}

/** What the files hold; undefined when they are missing, broken or nearly out of date. */
function readAuthority(certFile: string, keyFile: string): KeyPair | undefined {
  if (!existsSync(certFile) || !existsSync(keyFile)) return undefined;
  const pair = { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  try {
    const certificate = new X509Certificate(pair.cert);
    const isOurs = certificate.checkPrivateKey(createPrivateKey(pair.key)) && scalarOf(pair.key).length === 32;
    return isOurs && Date.parse(certificate.validTo) > Date.now() + 30 * dayMs ? pair : undefined;
  } catch {
    return undefined;
  }
}

/** The private number of a key on P-256. @throws Error for another key */
function scalarOf(pem: string): Uint8Array {
  const { crv, d = '' } = createPrivateKey(pem).export({ format: 'jwk' });
  if (crv !== curve) throw new Error(`a key on ${curve} is needed`);
  return new Uint8Array(Buffer.from(d, 'base64url'));
}

async function makeAuthority(): Promise<KeyPair> {
  const made = await generate([{ name: 'commonName', value: 'kubernetes' }], {
    keyType: 'ec',
    curve,
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + 10 * validityMs),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  });
  return { key: made.private, cert: made.cert };
}

async function makeServerPair(host: string, authority: KeyPair): Promise<KeyPair> {
  const ips = new Set([...addresses, ...(isIP(host) ? [host] : [])]);
  const dnsNames = new Set([...names, ...(isIP(host) || host === '' ? [] : [host])]);
  const made = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    keyType: 'ec',
    curve,
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + validityMs),
    ca: authority,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...[...dnsNames].map((value) => ({ type: 2 as const, value })),
          ...[...ips].map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  });
  return { key: made.private, cert: made.cert };
}

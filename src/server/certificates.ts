import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface ServingCertificate {
  readonly key: string;
  readonly cert: string;
  /** What a client must trust. */
  readonly ca: string;
}

const names = [
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
  'localhost',
];

/** A certificate authority and a serving certificate for loopback, kept in a folder so that kubeconfigs stay valid. */
export async function servingCertificate(folder?: string): Promise<ServingCertificate> {
  const file = (name: string) => join(folder ?? '', name);
  if (folder && ['ca.crt', 'server.crt', 'server.key'].every((name) => existsSync(file(name))))
    return {
      key: readFileSync(file('server.key'), 'utf8'),
      cert: readFileSync(file('server.crt'), 'utf8'),
      ca: readFileSync(file('ca.crt'), 'utf8'),
    };
  const made = await makeCertificate();
  if (folder) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file('ca.crt'), made.ca);
    writeFileSync(file('server.crt'), made.cert);
    writeFileSync(file('server.key'), made.key);
    chmodSync(file('server.key'), 0o600);
  }
  return made;
}

async function makeCertificate(): Promise<ServingCertificate> {
  const until = new Date(Date.now() + 365 * 86_400_000);
  const ca = await generate([{ name: 'commonName', value: 'kubernetes' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: until,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: until,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...names.map((value) => ({ type: 2 as const, value })),
          ...['127.0.0.1', '10.96.0.1'].map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  });
  return { key: server.private, cert: server.cert, ca: ca.cert };
}

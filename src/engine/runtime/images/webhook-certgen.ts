/**
 * Makes the certificate that an admission webhook serves with, and tells the webhook's configuration of its authority, as Helm
 * charts do with two Jobs. What it makes stands for certificates, as the servers do that would serve with them.
 *
 * Upstream: kubernetes/ingress-nginx images/kube-webhook-certgen (v1.6)
 */
import { encodeBase64 } from '../../../apimachinery/base64.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import type { Process } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { httpRequest } from '../../../shell/http-client.ts';
import { NetworkError } from '../../../shell/network-stack.ts';
import { writeText } from '../../../shell/streams.ts';
import { decode, encode } from '../../../shell/text.ts';
import { distrolessBase } from './bases.ts';
import { parseGoFlags } from './go-program.ts';
import type { ImageDefinition } from './image.ts';

const tokenFile = '/var/run/secrets/kubernetes.io/serviceaccount/token';
const pem = (type: string): string => encodeBase64(encode(`-----BEGIN ${type}-----\n-----END ${type}-----\n`));

interface Answer {
  readonly status: number;
  readonly body: string;
}

interface Configuration {
  readonly webhooks?: readonly { readonly clientConfig?: object; readonly failurePolicy?: string }[];
}

/** The program, with its flags: asks the API with its pod's token. */
class Certgen {
  readonly #context: ProgramContext;
  readonly #flags: ReadonlyMap<string, string>;

  constructor(context: ProgramContext, flags: ReadonlyMap<string, string>) {
    this.#context = context;
    this.#flags = flags;
  }

  /** Makes the Secret unless there is one. */
  *create(): Process<number> {
    const [namespace, name] = [this.#flag('namespace'), this.#flag('secret-name')];
    const found = yield* this.#ask('GET', this.#secretPath(name));
    if (found.status === 200) {
      yield* this.#log('info', 'secret already exists');
      return 0;
    }
    if (found.status !== 404) return yield* this.#fatal('error getting secret', found);
    yield* this.#log('info', 'creating new secret');
    const data = {
      ca: pem('CERTIFICATE'),
      [this.#flag('cert-name', 'cert')]: pem('CERTIFICATE'),
      [this.#flag('key-name', 'key')]: pem('EC PRIVATE KEY'),
    };
    const secret = { metadata: { name, namespace }, type: this.#flag('secret-type', 'Opaque'), data };
    const made = yield* this.#ask('POST', `/api/v1/namespaces/${namespace}/secrets`, secret);
    return made.status === 201 ? 0 : yield* this.#fatal('failed creating secret', made);
  }

  /** Puts the Secret's authority into the configurations of webhooks. */
  *patch(): Process<number> {
    const name = this.#flag('secret-name');
    const found = yield* this.#ask('GET', this.#secretPath(name));
    if (found.status !== 200) {
      const text = `no secret with '${name}' in '${this.#flag('namespace')}'`;
      return yield* this.#fatal(text, found);
    }
    const ca = (JSON.parse(found.body) as { readonly data?: Readonly<Record<string, string>> }).data?.['ca'] ?? '';
    for (const kind of ['validating', 'mutating']) {
      if (this.#flag(`patch-${kind}`, 'true') !== 'true') continue;
      const failed = yield* this.#patchConfiguration(kind, ca);
      if (failed) return yield* this.#fatal(`failed patching ${kind} webhook`, failed);
    }
    yield* this.#log('info', 'Patched hook(s)');
    return 0;
  }

  /** Gives the answer that refused it. */
  *#patchConfiguration(kind: string, caBundle: string): Process<Answer | undefined> {
    const name = this.#flag('webhook-name');
    const path = `/apis/admissionregistration.k8s.io/v1/${kind}webhookconfigurations/${name}`;
    const found = yield* this.#ask('GET', path);
    if (found.status !== 200) return found;
    const failurePolicy = this.#flag('patch-failure-policy');
    const configuration = JSON.parse(found.body) as Configuration;
    const webhooks = (configuration.webhooks ?? []).map((webhook) => ({
      ...webhook,
      clientConfig: { ...webhook.clientConfig, caBundle },
      ...(failurePolicy === '' ? {} : { failurePolicy }),
    }));
    const written = yield* this.#ask('PUT', path, { ...configuration, webhooks });
    return written.status === 200 ? undefined : written;
  }

  #flag(name: string, otherwise = ''): string {
    return this.#flags.get(name) ?? otherwise;
  }
  #secretPath(name: string): string {
    return `/api/v1/namespaces/${this.#flag('namespace')}/secrets/${name}`;
  }

  *#ask(method: string, path: string, body?: object): Process<Answer> {
    const { env, fs, network } = this.#context;
    if (!network) throw new NetworkError('ENETUNREACH', 'no network');
    const host = env.get('KUBERNETES_SERVICE_HOST') ?? 'kubernetes.default.svc';
    const token = fs.exists(tokenFile) ? decode(fs.readFile(tokenFile)).trim() : '';
    const result = yield* httpRequest(network, {
      method,
      url: `https://${host}:${env.get('KUBERNETES_SERVICE_PORT') ?? '443'}${path}`,
      headers: {
        ...(token === '' ? {} : { Authorization: `Bearer ${token}` }),
        ...(body ? { 'Content-Type': 'application/json' } : {}),
      },
      ...(body ? { body: encode(JSON.stringify(body)) } : {}),
    });
    return { status: result.status, body: decode(result.body) };
  }

  *#fatal(message: string, { body }: Answer): Process<number> {
    let err = body;
    try {
      err = (JSON.parse(body) as { readonly message?: string }).message ?? body;
    } catch {
      // Not the API's own answer: shown as it is.
    }
    yield* this.#log('fatal', message, err);
    return 1;
  }

  #log(level: string, msg: string, err?: string): Process<void> {
    const time = formatTime(this.#context.now());
    return writeText(
      this.#context.stderr,
      `${JSON.stringify({ ...(err === undefined ? {} : { err }), level, msg, time })}\n`,
    );
  }
}

function* certgen(context: ProgramContext): Process<number> {
  const { args, values } = parseGoFlags(context.argv.slice(1));
  const program = new Certgen(context, values);
  if (args[0] === 'create') return yield* program.create();
  if (args[0] === 'patch') return yield* program.patch();
  yield* writeText(context.stderr, 'Usage:\n  kube-webhook-certgen [command]\n\nAvailable Commands: create, patch\n');
  return args.length === 0 ? 0 : 1;
}

export const webhookCertgenImage: ImageDefinition = {
  matches: ['*/kube-webhook-certgen'],
  programs: { 'kube-webhook-certgen': certgen },
  build: () => ({
    entrypoint: ['/kube-webhook-certgen'],
    user: '65532',
    layers: [...distrolessBase, { '/kube-webhook-certgen': { program: 'kube-webhook-certgen' } }],
    sizeBytes: 24_000_000,
  }),
};

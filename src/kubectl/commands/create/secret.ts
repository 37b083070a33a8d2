import { encodeBase64 } from '../../../apimachinery/base64.ts';
import { errorText } from '../../../apimachinery/error-text.ts';
import { quote } from '../../../apimachinery/go-format.ts';
import { x509KeyPairProblem } from '../../../apimachinery/tls-key-pair.ts';
import { isConfigMapKey } from '../../../apimachinery/validation.ts';
import type { Command, Invocation } from '../../command.ts';
import { KubectlError } from '../../errors.ts';
import { readFileBytes } from '../../files.ts';
import { contentHash } from './append-hash.ts';
import { type Creation, runCreation, withCreateFlags } from './create-subcommand.ts';
import { type AddKey, addSources } from './file-sources.ts';

function secretCreation({ flags }: Invocation, name: string, type: string, fill: (add: AddKey) => void): Creation {
  const data: Record<string, string> = {};
  fill((key, value) => {
    const problems = isConfigMapKey(key);
    if (problems.length > 0) {
      throw new KubectlError(`${quote(key)} is not valid key name for a Secret ${problems.join(';')}`);
    }
    if (Object.hasOwn(data, key)) {
      throw new KubectlError(`cannot add key ${key}, another key by that name already exists`);
    }
    data[key] = encodeBase64(value);
  });
  const suffix = flags.bool('append-hash') ? `-${contentHash({ kind: 'Secret', type, name, data })}` : '';
  return {
    object: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: name + suffix },
      data,
      ...(type === '' ? {} : { type }),
    },
    namespaced: true,
    failure: 'failed to create secret',
  };
}

const generic: Command = {
  use: 'generic NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  short: 'Create a secret from files, directories or literal values',
  example: 'kubectl create secret generic login --from-literal=user=ann --from-literal=password=secret',
  flags: withCreateFlags("append-hash=false from-env-file=[] from-file=[] from-literal:array=[] type=''"),
  plainUseLine: true,
  completion: 'none',
  run: (invocation) =>
    runCreation(invocation, (name) => {
      const { context, flags } = invocation;
      if (flags.changed('from-env-file') && (flags.changed('from-file') || flags.changed('from-literal'))) {
        throw new KubectlError('from-env-file cannot be combined with from-file or from-literal');
      }
      return secretCreation(invocation, name, flags.string('type'), (add) => addSources(context, flags, 'secret', add));
    }),
};

const dockerRegistry: Command = {
  use: 'docker-registry NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [--from-file=[key=]source] [--dry-run=server|client|none]',
  short: 'Create a secret for a container registry',
  example:
    'kubectl create secret docker-registry registry --docker-server=registry.example --docker-username=ann --docker-password=secret',
  flags: withCreateFlags(
    "append-hash=false docker-email='' docker-password='' docker-server='https://index.docker.io/v1/' docker-username='' from-file=[]",
  ),
  plainUseLine: true,
  completion: 'none',
  run: (invocation) => runCreation(invocation, (name) => dockerSecret(invocation, name)),
};

function dockerSecret(invocation: Invocation, name: string): Creation {
  const { context, flags } = invocation;
  const [username, password] = [flags.string('docker-username'), flags.string('docker-password')];
  const server = flags.string('docker-server');
  const fromFile = flags.strings('from-file').length > 0;
  if (!fromFile && (username === '' || password === '' || server === '')) {
    throw new KubectlError(
      'either --from-file or the combination of --docker-username, --docker-password and --docker-server is required',
    );
  }
  const email = flags.string('docker-email');
  const auth = encodeBase64(new TextEncoder().encode(`${username}:${password}`));
  const entry = { username, password, ...(email === '' ? {} : { email }), auth };
  return secretCreation(invocation, name, 'kubernetes.io/dockerconfigjson', (add) => {
    if (fromFile) addSources(context, flags, 'secret', add);
    else add('.dockerconfigjson', new TextEncoder().encode(JSON.stringify({ auths: { [server]: entry } })));
  });
}

const tls: Command = {
  use: 'tls NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none]',
  short: 'Create a secret of a certificate and its key',
  example: 'kubectl create secret tls web --cert=tls.crt --key=tls.key',
  flags: withCreateFlags("append-hash=false cert='' key=''"),
  plainUseLine: true,
  completion: 'none',
  run: (invocation) => runCreation(invocation, (name) => tlsSecret(invocation, name)),
};

function tlsSecret(invocation: Invocation, name: string): Creation {
  const { flags, context } = invocation;
  const [certFile, keyFile] = [flags.string('cert'), flags.string('key')];
  if (certFile === '' || keyFile === '') throw new KubectlError('key and cert must be specified');
  const read = (file: string) => {
    try {
      return readFileBytes(context, file);
    } catch (error) {
      throw new KubectlError(`Cannot read file ${file}, ${errorText(error)}`);
    }
  };
  const [cert, key] = [read(certFile), read(keyFile)];
  const pem = new TextDecoder();
  const problem = x509KeyPairProblem(pem.decode(cert), pem.decode(key));
  if (problem !== undefined) throw new KubectlError(problem);
  return secretCreation(invocation, name, 'kubernetes.io/tls', (add) => {
    add('tls.crt', cert);
    add('tls.key', key);
  });
}

export const createSecret: Command = {
  use: 'secret (docker-registry | generic | tls)',
  short: 'Create a secret of one of three types',
  plainUseLine: true,
  commands: [dockerRegistry, generic, tls],
};

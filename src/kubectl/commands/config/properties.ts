import { encodeBase64 } from '../../../apimachinery/base64.ts';
import { isJsonObject, type JsonObject } from '../../../apimachinery/json-value.ts';
import type { Process } from '../../../process/process.ts';
import type { Command, Invocation } from '../../command.ts';
import { type Kubeconfig, type SectionName, withEntry } from '../../config/kubeconfig.ts';
import { KubectlError } from '../../errors.ts';
import { flagSpecs } from '../../flags/flag-spec.ts';
import { withValueAt } from '../../object.ts';
import { modifyConfig, onlyArgument, unexpectedArguments } from './config-support.ts';

type Kind = 'string' | 'bytes' | 'bool' | 'strings' | 'object';
type Fields = Readonly<Record<string, Kind>>;

/** What the entries of each section may have. */
const sections: Readonly<Record<SectionName, Fields>> = {
  clusters: {
    server: 'string',
    'tls-server-name': 'string',
    'insecure-skip-tls-verify': 'bool',
    'certificate-authority': 'string',
    'certificate-authority-data': 'bytes',
    'proxy-url': 'string',
    'disable-compression': 'bool',
    extensions: 'object',
  },
  contexts: { cluster: 'string', user: 'string', namespace: 'string', extensions: 'object' },
  users: {
    'client-certificate': 'string',
    'client-certificate-data': 'bytes',
    'client-key': 'string',
    'client-key-data': 'bytes',
    token: 'string',
    tokenFile: 'string',
    as: 'string',
    'as-uid': 'string',
    'as-groups': 'strings',
    'as-user-extra': 'object',
    username: 'string',
    password: 'string',
    'auth-provider': 'object',
    exec: 'object',
    extensions: 'object',
  },
};
const truths = ['1', 't', 'T', 'true', 'TRUE', 'True'];
const lies = ['0', 'f', 'F', 'false', 'FALSE', 'False'];

export const setProperty: Command = {
  use: 'set PROPERTY_NAME PROPERTY_VALUE',
  short: 'Set an individual value in a kubeconfig file',
  long: 'Sets one value: the name is a path with dots, such as contexts.dev.namespace.',
  example: 'kubectl config set clusters.dev.server https://1.2.3.4',
  flags: flagSpecs('set-raw-bytes=false'),
  plainUseLine: true,
  run: runSet,
};

function* runSet(invocation: Invocation): Process<void> {
  const { args, flags, factory, out } = invocation;
  const [name, value] = args;
  if (name === undefined || value === undefined || args.length !== 2) throw yield* unexpectedArguments(invocation);
  if (value === '') throw new KubectlError('you cannot use set to unset a property');
  if (name === '') throw new KubectlError('you must specify a property');
  modifyConfig(invocation, withProperty(factory.kubeconfig, name, { value, raw: flags.bool('set-raw-bytes') }));
  yield* out.line(`Property ${JSON.stringify(name)} set.`);
}

export const unsetProperty: Command = {
  use: 'unset PROPERTY_NAME',
  short: 'Unset an individual value in a kubeconfig file',
  long: 'Takes one value out.',
  example: 'kubectl config unset current-context',
  plainUseLine: true,
  run: function* (invocation) {
    const { factory, out } = invocation;
    const name = yield* onlyArgument(invocation);
    if (name === '') throw new KubectlError('you must specify a property');
    modifyConfig(invocation, withProperty(factory.kubeconfig, name, undefined));
    yield* out.line(`Property ${JSON.stringify(name)} unset.`);
  },
};

interface NewValue {
  readonly value: string;
  /** Bytes come as they are, not in base64. */
  readonly raw: boolean;
}

/** Upstream: kubectl/pkg/cmd/config/set.go modifyConfig, navigation_step_parser.go (v1.36). @throws KubectlError */
function withProperty(config: Kubeconfig, path: string, change: NewValue | undefined): Kubeconfig {
  if (path === 'current-context') return { ...config, currentContext: change?.value ?? '' };
  const [section = '', ...parts] = path.split('.');
  if (!isSection(section)) {
    throw new KubectlError(`unable to parse ${path} after [] at api.Config`);
  }
  const fields = sections[section];
  const at = parts.slice(1).findIndex((part) => Object.hasOwn(fields, part)) + 1;
  const name = (at === 0 ? parts : parts.slice(0, at)).join('.');
  const [field, ...inner] = at === 0 ? [] : parts.slice(at);
  if (parts.length === 0 && change === undefined) return { ...config, [section]: new Map() };
  if (field === undefined) {
    if (change !== undefined) throw new KubectlError("can't set a map to a value: map[]");
    return withEntry(config, section, name, undefined);
  }
  const entry = config[section].get(name);
  if (entry === undefined && change === undefined) {
    throw new KubectlError(`current map key \`${name}\` is invalid`);
  }
  const value = change === undefined ? undefined : fieldValue(fields[field] ?? 'string', change);
  return withEntry(config, section, name, withField(entry ?? {}, [field, ...inner], value));
}

const isSection = (name: string): name is SectionName => Object.hasOwn(sections, name);

function withField(entry: JsonObject, path: readonly string[], value: unknown): JsonObject {
  const changed = withValueAt(entry, path, value === false ? undefined : value);
  return isJsonObject(changed) ? changed : entry;
}

function fieldValue(kind: Kind, { value, raw }: NewValue): unknown {
  if (kind === 'bool') {
    if (truths.includes(value)) return true;
    if (lies.includes(value)) return false;
    throw new KubectlError(`strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`);
  }
  if (kind === 'strings') throw new KubectlError('unrecognized slice type. string');
  if (kind !== 'bytes') return value;
  if (raw) return encodeBase64(new TextEncoder().encode(value));
  const bad = /[^A-Za-z0-9+/=]/.exec(value);
  if (bad !== null || value.length % 4 !== 0) {
    throw new KubectlError(
      `error decoding input value: illegal base64 data at input byte ${bad?.index ?? value.length - (value.length % 4)}`,
    );
  }
  return value;
}

import { encodeBase64 } from '../../../apimachinery/base64.ts';
import { quote } from '../../../apimachinery/go-format.ts';
import { isConfigMapKey } from '../../../apimachinery/validation.ts';
import { utf8OrUndefined } from '../../bytes.ts';
import type { Command, Invocation } from '../../command.ts';
import { KubectlError } from '../../errors.ts';
import { contentHash } from './append-hash.ts';
import { type Creation, runCreation, withCreateFlags } from './create-subcommand.ts';
import { addSources } from './file-sources.ts';

export const createConfigMap: Command = {
  use: 'configmap NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  aliases: ['cm'],
  short: 'Create a config map from files, directories or literal values',
  example: 'kubectl create configmap settings --from-literal=mode=fast --from-file=app.conf',
  flags: withCreateFlags('append-hash=false from-env-file=[] from-file=[] from-literal:array=[]'),
  plainUseLine: true,
  completion: 'none',
  run: (invocation) => runCreation(invocation, (name) => configMap(invocation, name)),
};

function configMap({ context, flags }: Invocation, name: string): Creation {
  if (flags.changed('from-env-file') && (flags.changed('from-file') || flags.changed('from-literal'))) {
    throw new KubectlError('from-env-file cannot be combined with from-file or from-literal');
  }
  const data: Record<string, string> = {};
  const binaryData: Record<string, string> = {};
  addSources(context, flags, 'config', (key, value) => {
    const problems = isConfigMapKey(key);
    if (problems.length > 0) {
      throw new KubectlError(`${quote(key)} is not a valid key name for a ConfigMap: ${problems.join(',')}`);
    }
    const where = Object.hasOwn(data, key) ? 'Data' : Object.hasOwn(binaryData, key) ? 'BinaryData' : '';
    if (where !== '') {
      throw new KubectlError(
        `cannot add key ${quote(key)}, another key by that name already exists in ${where} for ConfigMap ${quote(name)}`,
      );
    }
    const text = utf8OrUndefined(value);
    if (text === undefined) binaryData[key] = encodeBase64(value);
    else data[key] = text;
  });
  const hasBinary = Object.keys(binaryData).length > 0;
  const suffix = flags.bool('append-hash')
    ? `-${contentHash({ kind: 'ConfigMap', name, data, ...(hasBinary ? { binaryData } : {}) })}`
    : '';
  return {
    object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: name + suffix }, data, binaryData },
    namespaced: true,
    failure: 'failed to create configmap:',
  };
}

import { describe, expect, it } from 'vitest';
import type { ProgramContext } from '../../shell/context.ts';
import { createFileSystem } from '../../shell/memory-file-system.ts';
import type { Command } from '../command.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { applyPreferences } from './apply-preferences.ts';

const root: Command = {
  use: 'kubectl',
  short: '',
  commands: [
    { use: 'get', short: '', flags: flagSpecs("o/output='' w/watch=false") },
    { use: 'apply', short: '' },
  ],
};

const preference = `apiVersion: kubectl.config.k8s.io/v1beta1
kind: Preference
defaults:
- command: get
  options: [{name: output, default: wide}]
aliases:
- name: getn
  command: get
  prependArgs: [nodes]
  appendArgs: [-w]
  options: [{name: output, default: name}]
`;

function applied(line: string, text = preference, env: readonly (readonly [string, string])[] = []) {
  const fs = createFileSystem({ now: () => 0, type: 'ext4' });
  fs.mkdir('/home/.kube', { parents: true });
  fs.writeFile('/home/.kube/kuberc', new TextEncoder().encode(text));
  const context = { argv: ['kubectl', ...line.split(' ')], env: new Map([['HOME', '/home'], ...env]), fs, cwd: '/' };
  return applyPreferences(context as unknown as ProgramContext, root);
}

describe('applyPreferences', () => {
  it.each([
    ['get pods', ['get', 'pods'], [{ name: 'output', default: 'wide' }]],
    ['get pods -ojson', ['get', 'pods', '-ojson'], []],
    ['get pods --output=json', ['get', 'pods', '--output=json'], []],
    ['apply -f x', ['apply', '-f', 'x'], []],
    ['getn a', ['getn', 'nodes', 'a', '-w'], [{ name: 'output', default: 'name' }]],
    ['nope', ['nope'], []],
  ])('%s', (line, words, presets) => {
    expect(applied(line)).toMatchObject({ words, presets, notice: '' });
  });

  it.each([
    ['turned off', 'get', preference, [['KUBERC', 'off']], '', []],
    [
      'of another group',
      'get',
      'kind: Preference\napiVersion: x/v1\n',
      [],
      'kuberc: no preferences loaded from /home/.kube/kuberc: no valid preferences found in /home/.kube/kuberc, use --v=5 to see details',
      [],
    ],
    [
      'with a field too many',
      'apply',
      `${preference}foo: 1\n`,
      [],
      'kuberc: ignoring strict decoding error in /home/.kube/kuberc: strict decoding error: unknown field "foo"',
      [],
    ],
  ] as const)('preferences %s', (_, line, text, env, notice, presets) => {
    expect(applied(line, text, env)).toMatchObject({ notice, presets });
  });

  it.each([
    [
      'a flag with dashes',
      preference.replace('name: output', 'name: --output'),
      'flag name --output should be in long form without dashes',
    ],
    ['an unknown flag', preference.replace('name: output', 'name: nope'), 'invalid flag nope for command get'],
    [
      'a bad alias',
      preference.replace('name: getn', 'name: get1'),
      'invalid alias name, can only include alphabetical characters',
    ],
  ])('refuses %s', (_, text, message) => {
    expect(() => applied('get pods', text)).toThrow(message);
  });
});

import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { encodeBase64 } from '../../../apimachinery/base64.ts';
import { encode } from '../../../shell/text.ts';
import { lookupCredentials } from './pull-secrets.ts';

const base64 = (text: string) => encodeBase64(encode(text));
const secret = (places: readonly string[]): corev1.Secret => {
  const auths = Object.fromEntries(places.map((place) => [place, { auth: base64(`${place}:secret`) }]));
  return { metadata: { name: 's' }, data: { '.dockerconfigjson': base64(JSON.stringify({ auths })) } };
};
const plain: corev1.Secret = {
  metadata: { name: 'old' },
  data: { '.dockercfg': base64('{"https://old.io/v1/": {"username": "old", "password": "p:w", "email": ""}}') },
};

// Of upstream's pkg/credentialprovider/keyring_test.go (v1.36)
it.each([
  ['the same host', ['quay.io'], 'quay.io/a/b', ['quay.io']],
  ['another host', ['quay.io'], 'gcr.io/a', []],
  ['another port', ['quay.io'], 'quay.io:443/a', []],
  ['a port', ['localhost:5000'], 'localhost:5000/pause:testing', ['localhost:5000']],
  ['a wildcard for one label', ['*.pkg.dev'], 'eu.pkg.dev/a', ['*.pkg.dev']],
  ['a wildcard for two labels', ['*.pkg.dev'], 'a.eu.pkg.dev/a', []],
  ['part of a label', ['eu*.pkg.dev'], 'eu-west.pkg.dev/a', ['eu*.pkg.dev']],
  ['the longest path first', ['gcr.io', 'gcr.io/team'], 'gcr.io/team/x', ['gcr.io/team', 'gcr.io']],
  ['another path', ['gcr.io/team'], 'gcr.io/other/x', []],
  ['a scheme and a version', ['https://gcr.io/v2/'], 'gcr.io/x', ['https']],
  ['the default registry', ['https://index.docker.io/v1/'], 'library/nginx', ['https']],
  ['the default registry by name', ['https://index.docker.io/v1/'], 'docker.io/a/nginx', ['https']],
  ['no default for other hosts', ['https://index.docker.io/v1/'], 'quay.io/nginx', []],
])('%s', (_, places, image, users) => {
  const found = lookupCredentials(image, [secret(places)]).map(({ username }) => username);
  expect(
    found.map((name, i) => (users[i] === 'https' ? 'https' : places.find((place) => place.startsWith(name)))),
  ).toEqual(users);
});
it('reads the old form, and passwords with colons', () => {
  expect(lookupCredentials('old.io/x', [plain])).toEqual([{ username: 'old', password: 'p:w' }]);
});
it.each(['bm90IGpzb24=', base64('[]'), base64('{"auths": null}')])('finds nothing in %s', (text) => {
  expect(lookupCredentials('a.io/x', [{ metadata: { name: 's' }, data: { '.dockerconfigjson': text } }])).toEqual([]);
});

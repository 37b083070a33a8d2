import { describe, expect, it } from 'vitest';
import { checkImageExists } from './image-registry.ts';
import { parseImageReference } from '../../apimachinery/image-reference.ts';
import { RuntimeError } from './runtime-service.ts';

function problemOf(image: string): string {
  const reference = parseImageReference(image);
  if (!reference) return 'invalid';
  try {
    checkImageExists(reference);
    return '';
  } catch (error) {
    return error instanceof RuntimeError ? error.text : String(error);
  }
}

describe('checkImageExists', () => {
  it.each([
    'nginx',
    'nginx:1.25',
    'nginx:1.27-alpine',
    'nginx:stable',
    'redis:7.2.4',
    'postgres:16',
    'my-app:v42',
    'ghcr.io/me/tool:main',
    'registry.k8s.io/e2e-test-images/agnhost:2.53',
    'gcr.io/google-samples/hello-app:2.0',
    'busybox@sha256:0123456789012345678901234567890123456789012345678901234567890123',
  ])('%s is there', (image) => {
    expect(problemOf(image)).toBe('');
  });

  it.each([
    ['nginx:doesnotexist', 'docker.io/library/nginx:doesnotexist: not found'],
    ['nginx:1.161', 'docker.io/library/nginx:1.161: not found'],
    ['busybox:does-not-exist', 'docker.io/library/busybox:does-not-exist: not found'],
    ['gcr.io/google-samples/kubernetes-bootcamp:v10', 'gcr.io/google-samples/kubernetes-bootcamp:v10: not found'],
    ['ngnix', 'pull access denied, repository does not exist or may require authorization'],
    ['nonexistent/image', 'pull access denied, repository does not exist or may require authorization'],
    ['registry.example/app:1', 'dial tcp: lookup registry.example on 10.0.0.2:53: no such host'],
    ['localhost:5000/app:1', 'dial tcp 127.0.0.1:5000: connect: connection refused'],
  ])('%s is not', (image, text) => {
    expect(problemOf(image)).toContain(text);
  });
});

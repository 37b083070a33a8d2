import { expect, it } from 'vitest';
import type * as certificatesv1 from '../../../api/certificates/v1.ts';
import { isStale } from './cleaner.ts';

const nowMs = Date.parse('2024-01-10T00:00:00Z');
const ago = (minutes: number) => new Date(nowMs - minutes * 60_000).toISOString().replace('.000', '');
const hour = 60;
const day = 24 * hour;

interface Row {
  readonly name: string;
  readonly created?: number;
  readonly type?: 'Approved' | 'Denied' | 'Failed';
  readonly updated?: number;
  readonly certificate?: string;
  readonly expected: boolean;
}

// Upstream: pkg/controller/certificates/cleaner/cleaner_test.go TestCleanerWithApprovedExpiredCSR (v1.36)
it.each<Row>([
  { name: 'no delete approved not passed deadline', type: 'Approved', updated: 59, certificate: 'x', expected: false },
  { name: 'no delete approved passed deadline not issued', type: 'Approved', updated: 61, expected: false },
  { name: 'delete approved passed deadline', type: 'Approved', updated: 61, certificate: 'x', expected: true },
  { name: 'no delete denied not passed deadline', type: 'Denied', updated: 59, expected: false },
  { name: 'delete denied passed deadline', type: 'Denied', updated: 61, expected: true },
  { name: 'no delete failed not passed deadline', type: 'Failed', updated: 59, expected: false },
  { name: 'delete failed passed deadline', type: 'Failed', updated: 61, expected: true },
  { name: 'no delete pending not passed deadline', created: day - 1, expected: false },
  { name: 'delete pending passed deadline', created: day + 1, expected: true },
  { name: 'delete approved unissued past deadline', type: 'Approved', updated: day + 1, expected: true },
  { name: 'no delete approved unissued not past deadline', type: 'Approved', updated: day - 1, expected: false },
])('$name', ({ created = 0, type, updated = 0, certificate, expected }) => {
  const conditions = type ? [{ type, status: 'True', lastUpdateTime: ago(updated) }] : [];
  const request: certificatesv1.CertificateSigningRequest = {
    metadata: { creationTimestamp: ago(created) },
    spec: { request: '', signerName: '' },
    status: { conditions, ...(certificate ? { certificate: btoa(certificate) } : {}) },
  };
  expect(isStale(request, nowMs)).toBe(expected);
});

import { expect, it } from 'vitest';
import { StatusError } from '../../apimachinery/status-error.ts';
import { upgradeErrorText } from './remote-command.ts';

it.each([
  [
    'InternalError',
    'Internal error occurred: unable to upgrade connection: container not found ("nginx")',
    'Internal error occurred: unable to upgrade connection: container not found ("nginx")',
  ],
  ['Forbidden', 'pods "a" is forbidden: no', 'unable to upgrade connection: pods "a" is forbidden: no'],
])('a connection that was refused for %s', (reason, message, expected) => {
  const error = new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    reason,
    message,
    code: 500,
    metadata: {},
  });
  expect(upgradeErrorText(error)).toBe(expected);
});

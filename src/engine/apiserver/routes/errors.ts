import { newStatusError, type StatusError } from '../../../apimachinery/status-error.ts';

/** 405 of the router: the path exists, the method does not. */
export function methodNotAllowed(): StatusError {
  const message = 'the server does not allow this method on the requested resource';
  return newStatusError({ code: 405, reason: 'MethodNotAllowed', message, details: {} });
}

/** 404 of the router inside a group and version that exists. */
export function pathNotFound(): StatusError {
  const message = 'the server could not find the requested resource';
  return newStatusError({ code: 404, reason: 'NotFound', message, details: {} });
}

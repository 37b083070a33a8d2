/** A kubeconfig for one server and one user, as YAML that is also JSON. */
export function kubeconfigText(options: {
  readonly server: string;
  readonly ca?: string;
  readonly token: string;
}): string {
  const cluster = {
    server: options.server,
    ...(options.ca ? { 'certificate-authority-data': Buffer.from(options.ca).toString('base64') } : {}),
  };
  return `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'tabernetes', cluster }],
      users: [{ name: 'admin', user: { token: options.token } }],
      contexts: [{ name: 'tabernetes', context: { cluster: 'tabernetes', user: 'admin' } }],
      'current-context': 'tabernetes',
    },
    undefined,
    2,
  )}\n`;
}

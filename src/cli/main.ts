import { buildVersion } from '../apimachinery/build-version.ts';

/** The command line: `tabernetes serve | kubectl | version`. Gives the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const [command = 'help', ...rest] = args;
  switch (command) {
    case 'serve':
      return (await import('./serve.ts')).serveCommand(rest);
    case 'kubectl':
      return (await import('./kubectl.ts')).kubectlCommand(rest);
    case 'version':
    case '--version':
      process.stdout.write(`tabernetes 0.1.0 (Kubernetes ${buildVersion.gitVersion})\n`);
      return 0;
    case 'help':
    case '--help':
    case '-h':
      process.stdout.write(usage);
      return 0;
    default:
      process.stderr.write(`error: unknown command "${command}"\n\n${usage}`);
      return 1;
  }
}

const usage = `A whole Kubernetes cluster, simulated.

Usage:
  tabernetes serve [flags]      serve a cluster over HTTPS
  tabernetes kubectl [args]     kubectl, against any cluster a kubeconfig names
  tabernetes version            the version
`;

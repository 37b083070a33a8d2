import type { Command } from '../command.ts';
import { usageError } from '../usage.ts';

const shells = ['bash', 'zsh', 'fish', 'powershell'];

/** A small script for each shell: it asks `kubectl __complete`. */
const scripts: Readonly<Record<string, string>> = {
  bash: `# bash completion for kubectl
_kubectl_complete() {
  local IFS=$'\\n'
  COMPREPLY=($(kubectl __complete "\${COMP_WORDS[@]:1:$COMP_CWORD}" 2>/dev/null | sed '/^:/d;s/\\t.*//'))
}
complete -F _kubectl_complete kubectl
`,
  zsh: `#compdef kubectl
_kubectl() {
  local -a found
  found=("\${(@f)$(kubectl __complete "\${words[@]:1}" 2>/dev/null | sed '/^:/d;s/\\t.*//')}")
  compadd -a found
}
compdef _kubectl kubectl
`,
  fish: `# fish completion for kubectl
complete -c kubectl -f -a '(kubectl __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null | string match -v ":*")'
`,
  powershell: `# powershell completion for kubectl
Register-ArgumentCompleter -Native -CommandName kubectl -ScriptBlock {
  param($word, $line)
  kubectl __complete @($line.CommandElements | Select-Object -Skip 1) $word 2>$null | Where-Object { $_ -notmatch '^:' }
}
`,
};

export const completion: Command = {
  use: 'completion SHELL',
  group: 'settings',
  short: 'Output shell completion code for the specified shell (bash, zsh, fish, or powershell)',
  long: 'Prints a script that completes words of kubectl in a shell.',
  example: 'source <(kubectl completion bash)',
  plainUseLine: true,
  completion: 'shell',
  run: function* ({ args, out, path }) {
    const [shell] = args;
    if (shell === undefined) throw usageError(path, 'Shell not specified.');
    if (args.length > 1) throw usageError(path, 'Too many arguments. Expected only the shell type.');
    const script = shells.includes(shell) ? scripts[shell] : undefined;
    if (script === undefined) throw usageError(path, `Unsupported shell type ${JSON.stringify(shell)}.`);
    yield* out.print(script);
  },
};

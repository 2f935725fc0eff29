import { Argument, type Command } from 'commander';
import { type Shell, shells } from '../help/shells.js';

/** `wickr-bulk completion SHELL` */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('Print a script that completes commands, options and their values in a shell.')
    .addArgument(
      new Argument('<shell>', 'bash, zsh, fish or powershell (not tried)').choices(Object.keys(shells)),
    )
    .addHelpText(
      'after',
      `
The script holds all names, so nothing is started while you type; print it anew
after an update of wickr-bulk.

Examples:
  source <(wickr-bulk completion bash)         for this shell; or in ~/.bashrc
  source <(wickr-bulk completion zsh)          in ~/.zshrc, behind "compinit"
  wickr-bulk completion fish > ~/.config/fish/completions/wickr-bulk.fish
  wickr-bulk completion powershell | Out-String | Invoke-Expression`,
    )
    .action(async (shell: Shell) => {
      const { commandFacts } = await import('../help/command-facts.js');
      process.stdout.write((await shells[shell]())(commandFacts(program)));
    });
}

import type { Command } from 'commander';
import { version } from '../../version.js';

/** `wickr-bulk version`, for those who try it; `--version` is the one that help names. */
export function addVersion(program: Command): void {
  program
    .command('version', { hidden: true })
    .description('Print the version.')
    .action(() => {
      process.stdout.write(`${version}\n`);
    });
}

import type { Command } from 'commander';
import { addFlags, readFlags } from '../flags.js';

/** `wickr-bulk template` */
export function addTemplate(program: Command): void {
  const command = program.command('template').description('Write a sample input file with every column.');
  addFlags(command, 'template')
    .addHelpText(
      'after',
      `
One row is one user; delete the columns that you do not need. A blank cell, in JSONL a key that is not there, leaves
the value as it is.
  networkId           eight digits, the same in every row; or none of it and --network-id
  userId              of the user: up to ten digits, a leading zero counts
  lookupUsername      in its place: the username that the user has now
  firstName, lastName, username
                      the new ones, exactly as they stand there
  securityGroupIds    the IDs of the user's groups from now on, ";" between
  securityGroupNames  in their place: the groups' names
  inviteCode, inviteCodeTtl (days), codeValidation (true or false)
                      on preview networks only

Examples:
  wickr-bulk template --out users.csv
  wickr-bulk template --out users.jsonl`,
    )
    .action(async (parsed: Record<string, unknown>) => {
      const { fileFormat, outFile } = readFlags('template', parsed).given;
      const { writeTemplate } = await import('../../index.js');
      const { outputOf, whileRead } = await import('../standard-output.js');
      const to = outputOf(outFile);
      const options = fileFormat === undefined ? {} : { format: fileFormat };
      process.exitCode = await whileRead(() => writeTemplate(to, options));
    });
}

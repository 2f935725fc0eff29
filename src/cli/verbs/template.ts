import type { Command } from 'commander';
import { addFlags, readFlags } from '../flags.js';
import { columnsText } from '../help/topics.js';

/** `wickr-bulk template` */
export function addTemplate(program: Command): void {
  const command = program.command('template').description('Write a sample input file with every column.');
  addFlags(command, 'template')
    .addHelpText(
      'after',
      `
One row is one user; delete the columns that you do not need. A blank cell, in
JSONL a key that is not there, leaves the value as it is.
${columnsText}

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

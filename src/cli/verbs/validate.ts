import type { Command } from 'commander';
import type { ServiceOptions, ValidateOptions } from '../../index.js';
import { count, plainJson } from '../../screen/plain.js';
import { inputFlags, planningFlags, type ScreenFlags, serviceFlags } from '../flags.js';

/** `wickr-bulk validate INPUT` */
export function addValidate(program: Command): void {
  const command = program
    .command('validate')
    .description('Check a whole file without changing anything, and print every problem.')
    .argument('<input>', 'a .csv, .tsv, .jsonl or .ndjson file, or - for standard input');
  inputFlags(command).option(
    '--network',
    'also look up whom and what the file names, and whether new usernames are free; the flags below are for this',
  );
  serviceFlags(planningFlags(command))
    .option('--json', 'print the result as one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  wickr-bulk validate users.csv --network-id 12345678
  wickr-bulk validate hr.csv --map auto --network --network-id 12345678 --region us-east-1`,
    )
    .action(check);
}

async function check(
  input: string,
  flags: Omit<ValidateOptions, 'input'> & Pick<ScreenFlags, 'json'>,
): Promise<void> {
  const { validate } = await import('../../index.js');
  const { findings, inputOf } = await import('../show-run.js');
  const { sharedState, withEnvironment } = await import('../environment.js');
  const reach = flags.network
    ? { ...(await withEnvironment(flags as Partial<ServiceOptions>)), ...sharedState(true) }
    : {};
  const options = { ...flags, ...reach, ...findings, input: inputOf(input) } as ValidateOptions;
  const checked = await validate(options);
  const { rows, skipped, networkId, warnings } = checked;
  const left = skipped > 0 ? `, ${count(skipped)} skipped` : '';
  const odd = warnings > 0 ? `, ${count(warnings)} warnings` : '';
  process.stdout.write(
    flags.json
      ? `${plainJson(checked)}\n`
      : `${count(rows)} rows for network ${networkId}, all valid${left}${odd}\n`,
  );
}

import type { Command } from 'commander';
import type { ValidateOptions } from '../../index.js';
import { plainJson } from '../../screen/plain.js';
import { count } from '../../text/count.js';
import { addFlags, readFlags } from '../flags.js';

/** `wickr-bulk validate INPUT` */
export function addValidate(program: Command): void {
  const command = program
    .command('validate')
    .description('Check a whole file without changing anything, and print every problem.')
    .argument('<input>', 'a .csv, .tsv, .jsonl, .ndjson, .json or .xlsx file, or - for standard input');
  addFlags(command, 'validate')
    .addHelpText(
      'after',
      `
Examples:
  wickr-bulk validate users.csv --network-id 12345678
  wickr-bulk validate hr.csv --map auto --network --network-id 12345678`,
    )
    .action(check);
}

async function check(input: string, parsed: Record<string, unknown>): Promise<void> {
  const { validateInput } = await import('../../index.js');
  const { withoutScreen } = await import('../library-options.js');
  const { inputHooks, inputOf } = await import('../show-run.js');
  const { sharedState, withEnvironment } = await import('../environment.js');
  const { identityHooks } = await import('../questions.js');
  const { given } = readFlags('validate', parsed);
  const flags = withoutScreen(given);
  const { inputMemory: _, ...shared } = sharedState(true);
  const reach = given.network ? { ...(await withEnvironment(flags)), ...shared, ...identityHooks() } : flags;
  const options = { ...reach, ...inputHooks(given), input: inputOf(input) } as ValidateOptions;
  const checked = await validateInput(options);
  const { rows, skipped, networkId, warnings, missing = 0 } = checked;
  const left = skipped > 0 ? `, ${count(skipped)} skipped` : '';
  const gone = missing > 0 ? `, ${count(missing)} of users who are not in the network` : '';
  const odd = warnings > 0 ? `, ${count(warnings)} warnings` : '';
  process.stdout.write(
    given.json
      ? `${plainJson(checked)}\n`
      : `${count(rows)} rows for network ${networkId}, all valid${left}${gone}${odd}\n`,
  );
}

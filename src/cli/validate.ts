import type { Command } from 'commander';
import type { ReadingOptions } from '../index.js';
import { count } from '../screen/plain.js';
import { inputFlags } from './flags.js';

/** `wickr-bulk validate INPUT` */
export function addValidate(program: Command): void {
  const command = program
    .command('validate')
    .description('Check a whole file without sending anything, and print every problem.')
    .argument('<input>', 'a .csv, .tsv, .jsonl or .ndjson file, or - for standard input');
  inputFlags(command)
    .option('--json', 'print the result as one JSON object')
    .addHelpText('after', '\nExample:\n  wickr-bulk validate users.csv --network-id 12345678')
    .action(check);
}

async function check(
  input: string,
  flags: Omit<ReadingOptions, 'input'> & { json?: boolean },
): Promise<void> {
  const { validate } = await import('../index.js');
  const { findings, inputOf } = await import('./show.js');
  const checked = await validate({ ...flags, ...findings, input: inputOf(input) });
  const { rows, networkId, warnings } = checked;
  const odd = warnings > 0 ? `, ${count(warnings)} warnings` : '';
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(checked)}\n`
      : `${count(rows)} rows for network ${networkId}, all valid${odd}\n`,
  );
}

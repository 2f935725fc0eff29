/** The flags that several verbs share. Their values are checked by the library, all at once. */
import { type Command, Option } from 'commander';

export const inputFlags = (command: Command): Command =>
  command
    .option('--network-id <id>', "the network's eight digits, where the file has no networkId column")
    .addOption(
      new Option('--format <format>', 'where the file name does not tell it').choices(['csv', 'jsonl']),
    )
    .option('--delimiter <char>', 'between CSV cells: one character or "tab" (default: found by itself)')
    .option('--ignore-unknown-columns', 'leave out columns that are not known')
    .option('--single-group', 'refuse rows with more than one security group')
    .option('--limit <n>', 'only the first N rows');

export const serviceFlags = (command: Command): Command =>
  command
    .option('--region <region>', 'of the network (default: AWS_REGION, AWS_DEFAULT_REGION, the profile)')
    .option('--profile <name>', 'of the shared AWS config files (default: AWS_PROFILE)')
    .option('--endpoint-url <url>', 'in place of AWS (default: AWS_ENDPOINT_URL_WICKR, AWS_ENDPOINT_URL)')
    .option('--use-fips-endpoint', 'send to the FIPS endpoint')
    .option('--use-dualstack-endpoint', 'send to the IPv4 and IPv6 endpoint')
    .option('--allow-http', 'permit an http endpoint on another machine')
    .option('--timeout <s>', 'seconds for a connection, and for an answer (default: 30)');

export const screenFlags = (command: Command): Command =>
  command
    .option('--json', 'print the summary as one JSON object')
    .option('--no-progress', 'show no progress')
    .addOption(
      new Option('--log-level <level>', 'log to standard error (default with --log-file: info)').choices([
        'trace',
        'debug',
        'info',
        'warn',
        'error',
        'silent',
      ]),
    )
    .option('--log-file <file>', 'log to this file instead, as JSON lines');

/** What commander gives for the flags above. */
export interface ScreenFlags {
  json?: boolean;
  progress: boolean;
  logLevel?: string;
  logFile?: string;
}

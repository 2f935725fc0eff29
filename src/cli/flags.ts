/** The flags that several verbs share. Their values are checked by the library, all at once. */
import { type Command, Option } from 'commander';

/** Of a flag that can be given again and again, every value. */
const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** `--set`, which `resume` and `retry` take as well. */
export const setFlag = (meaning: string): Option =>
  new Option('--set <field=value>', `${meaning}; repeatable`).argParser(collect);

export const inputFlags = (command: Command): Command =>
  command
    .option('--network-id <id>', "the network's eight digits, where the file has no networkId column")
    .addOption(
      new Option('--format <format>', 'where the file name does not tell it').choices(['csv', 'jsonl']),
    )
    .option('--delimiter <char>', 'between CSV cells: one character or "tab" (default: found by itself)')
    .option('--encoding <name>', 'such as windows-1252 (default: UTF-8, or UTF-16 by its byte order mark)')
    .option('--skip-rows <n>', 'CSV: leave out N rows above the header')
    .option('--ignore-unknown-columns', 'leave out columns that are not known')
    .option(
      '--map <column=field>',
      'read a column as this field, or "ignore" it; "auto" knows what HR files call names and e-mail; repeatable',
      collect,
    )
    .option('--map-file <file>', 'a JSON object of columns and their fields')
    .addOption(setFlag("this value in every row, in place of the file's own"))
    .option(
      '--where <field=value>',
      'only rows whose column has this value, or matches /regex/; repeatable, all have to hold',
      collect,
    )
    .option('--exclude <file>', 'never change these users: a CSV or JSONL file, or one user a line')
    .option('--single-group', 'refuse rows with more than one security group')
    .option('--allow-duplicates', 'permit several rows for a user; they are sent in order')
    .option('--limit <n>', 'only the first N rows of the file, skipped ones among them');

/** How names are looked up, and renames of usernames planned. */
export const planningFlags = (command: Command): Command =>
  command
    .option('--include-bots', 'rows may mean bots')
    .option('--include-suspended', 'rows may name suspended users')
    .option('--allow-temporary-names', 'users who swap usernames may bear a temporary one in between')
    .option('--skip-rename-check', 'send new usernames as they come, without looking whether they are free');

export const serviceFlags = (command: Command): Command =>
  connectionFlags(command)
    .option('--region <region>', 'of the network (default: AWS_REGION, AWS_DEFAULT_REGION, the profile)')
    .option('--use-fips-endpoint', 'send to the FIPS endpoint')
    .option('--use-dualstack-endpoint', 'send to the IPv4 and IPv6 endpoint');

/** What can be another for the rest of a run. */
export const connectionFlags = (command: Command): Command =>
  command
    .option('--profile <name>', 'of the shared AWS config files (default: AWS_PROFILE)')
    .option('--endpoint-url <url>', 'in place of AWS (default: AWS_ENDPOINT_URL_WICKR, AWS_ENDPOINT_URL)')
    .option('--allow-http', 'permit an http endpoint on another machine')
    .option('--timeout <s>', 'seconds for a connection, and for an answer (default: 30)');

/** Looks at users before and after they are changed. */
export const checkingFlags = (command: Command): Command =>
  command
    .option('--verify <n%>', 'read this share of the changed users back (default: 0%)')
    .option(
      '--canary <n>',
      'send N rows first, read them back, and stop where one is not as asked (default: 10 on a terminal, for more than 500 rows)',
    )
    .option('--yes', 'answer yes to every question; nothing is checked less');

/** How old what is known of a user may be. */
export const ageFlag = new Option(
  '--max-age <s>',
  'seconds after which a user is read again before he is changed (default: 60)',
);

/** The pace of a verb that only reads. */
export const readingPaceFlags = (command: Command): Command =>
  command
    .option('--rate <n>', 'requests a second (default: found by itself)')
    .option('--max-rate <n>', 'never more requests a second than this')
    .option('--no-rate-memory', 'neither start from the rate that the last run found nor keep the new one')
    .option('--max-attempts <n>', 'attempts of a request, throttled ones not counted (default: 6)')
    .option('--throttle-patience <s>', 'seconds for which a request may be throttled (default: 900)')
    .option('--outage-patience <s>', 'seconds for which the service may be down (default: 300)');

export const paceFlags = (command: Command): Command =>
  command
    .option('--rate <n>', 'updates a second (default: found by itself)')
    .option('--max-rate <n>', 'never more updates a second than this')
    .option('--no-rate-memory', 'neither start from the rate that the last run found nor keep the new one')
    .option('--concurrency <n>', 'requests in flight at the most (default: 64)')
    .option('--max-attempts <n>', 'attempts of a row, throttled ones not counted (default: 6)')
    .option('--throttle-patience <s>', 'seconds for which a row may be throttled (default: 900)')
    .option('--outage-patience <s>', 'seconds for which the service may be down (default: 300)')
    .option('--max-errors <n>', 'stop after more failed rows than N, or N% of the rows');

export const screenFlags = (command: Command): Command =>
  logFlags(command.option('--json', 'print the summary as one JSON object'));

export const logFlags = (command: Command): Command =>
  command
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

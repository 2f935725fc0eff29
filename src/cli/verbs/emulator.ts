import { platform } from 'node:os';
import type { Command } from 'commander';
import type { Emulator, EmulatorOptions } from '../../emulator/server.js';
import { UsageError } from '../../errors.js';
import { count } from '../../text/count.js';

interface EmulatorFlags {
  port: string;
  users: string;
  rate?: string;
  burst?: string;
  limiter?: NonNullable<EmulatorOptions['limiter']>;
  rateScope?: NonNullable<EmulatorOptions['rateScope']>;
  latency?: string;
  retryAfter?: string;
  seed?: string;
  networkId?: string;
  fault?: string[];
}

/** Nobody has a file for this network yet: the first command makes one, which is edited before the second. */
const COMMANDS = ['wickr-bulk export --out users.csv', 'wickr-bulk update users.csv'];

/** `wickr-bulk emulator` */
export function addEmulator(program: Command): void {
  program
    .command('emulator')
    .description('Run a local Wickr Admin API that verifies signatures, throttles and injects faults.')
    .option('--port <n>', 'to listen on, on this machine alone; 0 picks a free one', '4080')
    .option('--users <n>', 'users in the network, with the IDs 10000001, 10000002, …', '1000')
    .option('--network-id <id>', 'the network: eight digits (default: 12345678)')
    .option('--rate <n>', 'requests a second before RateLimitError (default: no limit)')
    .option('--burst <n>', 'requests at once before the rate counts (default: the rate)')
    .option('--limiter <kind>', 'how they are counted, see below (default: bucket)')
    .option('--rate-scope <scope>', 'what the rate is of: all, or each operation by itself (default: all)')
    .option('--latency <ms>', 'before each answer, give or take 30 % (default: 0)')
    .option('--retry-after <s>', 'sent with RateLimitError (default: none)')
    .option('--seed <n>', 'everything made up or drawn by lot depends on it (default: 1)')
    .option(
      '--fault <rule>',
      'such as reset-after:every=7 or 500,hang:share=2%; repeatable',
      (rule: string, rules: string[] = []) => [...rules, rule],
    )
    .addHelpText(
      'after',
      `
Limiters:
  bucket   a token bucket; --burst 1 for a service without any burst
  window   the rate in each second of the clock
  minute   a minute's worth in each minute of the clock
  sliding  the rate within any second
  shards   four machines with a quarter each, of which chance picks one
  at-once  no more requests under way at once than --rate says
  queue    a bucket that refuses nothing: what comes too soon waits
Calls that are refused by chance are a fault: throttle:share=2%.

A rule is KIND[,KIND…] and then, each behind a colon: every=N, share=0..1,
after=N, times=N, for=USER|OPERATION, ms=N, status=N, applied. Kinds:
  reset-before, reset-after, reset-then-refused, half, hang, slow, drip, close,
  hang-up, 500, 502, 503, 504, html, empty, wrong-shape, wrong-id,
  wrong-network, altered, ignored, 401, 403, skew, throttle, refused, echo, big

Example:
  wickr-bulk emulator --rate 50 --burst 100 --fault reset-after:every=20`,
    )
    .action(emulate);
}

async function emulate(flags: EmulatorFlags): Promise<void> {
  const { parseFault } = await import('../../emulator/server.js');
  const { port, users, rate, burst, latency, retryAfter, seed, networkId, limiter, rateScope } = flags;
  const { fault = [] } = flags;
  const emulator = await openEmulator(() => ({
    ...numbers({ port, users, rate, burst, latency, retryAfter, seed }),
    ...(networkId === undefined ? {} : { networkId }),
    ...(limiter === undefined ? {} : { limiter }),
    ...(rateScope === undefined ? {} : { rateScope }),
    faults: fault.map(parseFault),
    // It may run for days: what has arrived is counted, not kept.
    keepRequests: false,
  }));
  process.stdout.write(readyBlock(emulator));
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await emulator.close();
}

/** Starts an emulator; what it refuses becomes a usage error. The options are made within, so that theirs do too. */
export async function openEmulator(options: () => EmulatorOptions): Promise<Emulator> {
  const { EmulatorOptionError, startEmulator } = await import('../../emulator/server.js');
  try {
    return await startEmulator(options());
  } catch (cause) {
    if (cause instanceof EmulatorOptionError) throw new UsageError(cause.message, cause.hint, { cause });
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE' || code === 'EACCES') {
      throw new UsageError(
        `the port cannot be used (${code})`,
        'Give another one, or --port 0 for a free one.',
        { cause },
      );
    }
    throw cause;
  }
}

/** What somebody needs to send requests to an emulator, to copy into a shell. */
function readyBlock({ url, networkId, region, users, credentials }: Emulator): string {
  const variables = {
    AWS_ENDPOINT_URL_WICKR: url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  const set = Object.entries(variables).map(([name, value]) => settingOf(name, value, platform()));
  return `Wickr Admin API emulator: ${url}
network ${networkId}, ${count(users.size)} users, region ${region}

${set.join('\n')}
${COMMANDS.map((command) => `  ${command} --network-id ${networkId}`).join('\n')}

Ctrl-C ends it.
`;
}

/** Sets a variable, whose value has nothing to quote: on Windows in PowerShell. */
export const settingOf = (name: string, value: string, system: NodeJS.Platform): string =>
  system === 'win32' ? `  $env:${name} = '${value}'` : `  export ${name}=${value}`;

/** @throws UsageError for a text that is no number */
function numbers(texts: Record<string, string | undefined>): Record<string, number> {
  const given = Object.entries(texts).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, text] as const],
  );
  return Object.fromEntries(
    given.map(([name, text]) => {
      const value = text.trim() === '' ? Number.NaN : Number(text);
      if (Number.isNaN(value)) {
        const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
        throw new UsageError(`--${flag} needs a number`, 'See wickr-bulk emulator --help.');
      }
      return [name, value];
    }),
  );
}

/** What the command asks on a terminal: whether to go on after the canary, and for the code of an MFA device. */
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Canary, UpdateOptions } from '../index.js';
import { printable } from '../text/printable.js';
import { canaryChanges, canaryQuestion, canaryText } from './canary-question.js';
import { ofSignal } from './exit-codes.js';
import { paintFor } from './process/colours.js';
import { runHeader } from './process/run-header.js';
import { question } from './show-run.js';

/** On a terminal: somebody is there to look at what went wrong. */
const BY_DEFAULT = { canary: 10, canaryAbove: 500 };

export interface CanaryFlags {
  readonly canary?: number;
  readonly yes?: boolean;
}

/** The options that these flags mean. @param input of the command line; standard input cannot be asked as well */
export function canaryOptions(
  { canary, yes }: CanaryFlags,
  input: string,
): Pick<UpdateOptions, 'canary' | 'canaryAbove' | 'confirm'> {
  const isTerminal = isAtTerminal() && input !== '-';
  if (canary === 0) return { canary };
  const asked = canary === undefined ? (isTerminal ? BY_DEFAULT : {}) : { canary };
  return { ...asked, ...(isTerminal && !yes ? { confirm: (it) => confirm(it, input) } : {}) };
}

/** Of a run that goes on: whether there is a canary, the run itself knows. */
export const confirmOption = ({ yes }: CanaryFlags): Pick<UpdateOptions, 'confirm'> =>
  isAtTerminal() && !yes ? { confirm: (it) => confirm(it) } : {};

const isAtTerminal = () => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** Ctrl-C while it asks is the run's own signal. @param input as the command line names it */
async function confirm(canary: Canary, input?: string): Promise<boolean> {
  question.open();
  try {
    const paint = paintFor(process.stderr);
    let shown = canaryText(canary, paint);
    for (;;) {
      await forgetTyped();
      process.stderr.write(`\r\x1b[K${shown}`);
      const answer = (await asked(canaryQuestion(canary, input), canary.signal)).trim();
      if (canary.users.length === 0 || !/^d(iff)?$/i.test(answer)) return /^y(es)?$/i.test(answer);
      shown = canaryChanges(canary, paint);
    }
  } catch {
    return false;
  } finally {
    question.close();
  }
}

/** The end of the input is no answer, and so a no. */
async function asked(text: string, signal: AbortSignal): Promise<string> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  prompt.on('SIGINT', interrupt);
  try {
    const gone = once(prompt, 'close').then(() => '');
    return await Promise.race([prompt.question(text, { signal }), gone]);
  } finally {
    prompt.close();
  }
}

const interrupt = () => process.emit('SIGINT', 'SIGINT');

/** ms without a key after which nothing that was typed before is left in the terminal. */
const STILL = 50;
const CTRL_C = 3;

/** Takes in, and leaves unheard, what was typed before the question was there to be read. */
async function forgetTyped(): Promise<void> {
  const { stdin } = process;
  if (!stdin.isTTY) return;
  // What has no line end yet is the terminal's until it is raw.
  stdin.setRawMode(true);
  let isStill = false;
  const onData = (keys: Buffer) => {
    isStill = false;
    if (keys.includes(CTRL_C)) interrupt();
  };
  stdin.on('data', onData);
  try {
    while (!isStill) {
      isStill = true;
      await sleep(STILL);
    }
  } finally {
    stdin.off('data', onData);
    stdin.pause();
    stdin.setRawMode(false);
  }
}

/** Asks whether something is so; undefined if nobody is there to be asked, or every answer is yes. */
export const questionFor = ({ yes }: CanaryFlags): ((text: string) => Promise<boolean>) | undefined =>
  isAtTerminal() && !yes ? isSo : undefined;

/** Nothing goes on meanwhile, so that Ctrl-C ends the command, and the end of the input is a no. */
async function isSo(text: string): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  prompt.on('SIGINT', () => process.exit(ofSignal.SIGINT));
  try {
    const gone = once(prompt, 'close').then(() => '');
    return /^y(es)?$/i.test((await Promise.race([prompt.question(`${text} [y/N] `), gone])).trim());
  } finally {
    prompt.close();
  }
}

/** What every command that reaches the service is started with. A code is asked for on a terminal only. */
export const identityHooks = (): Pick<UpdateOptions, 'mfaCode' | 'onIdentity'> => ({
  onIdentity: (_, text) => {
    runHeader.add({ identity: text });
  },
  ...(isAtTerminal() && { mfaCode }),
});

/** Ctrl-C while it asks is the command's own signal. */
async function mfaCode(serial: string, signal: AbortSignal): Promise<string> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  prompt.on('SIGINT', () => process.emit('SIGINT', 'SIGINT'));
  question.open();
  try {
    return await prompt.question(`\r\x1b[KMFA code for ${printable(serial)}: `, { signal });
  } finally {
    prompt.close();
    question.close();
  }
}

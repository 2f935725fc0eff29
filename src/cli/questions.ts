/** What the command asks on a terminal: whether to go on after the canary, and for the code of an MFA device. */
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import type { Canary, UpdateOptions } from '../index.js';
import { count } from '../screen/plain.js';
import { printable } from '../text/printable.js';
import { ofSignal } from './exit-codes.js';
import { notice } from './process/notices.js';
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
  return { ...asked, ...(isTerminal && !yes ? { confirm } : {}) };
}

/** Of a run that goes on: whether there is a canary, the run itself knows. */
export const confirmOption = ({ yes }: CanaryFlags): Pick<UpdateOptions, 'confirm'> =>
  isAtTerminal() && !yes ? { confirm } : {};

const isAtTerminal = () => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** Ctrl-C while it asks is the run's own signal. */
async function confirm({ sent, left, signal }: Canary): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  prompt.on('SIGINT', () => process.emit('SIGINT', 'SIGINT'));
  question.open();
  try {
    const done =
      sent > 0
        ? `${count(sent)} users were changed, each as asked. Go on with the other ${count(left)}?`
        : `No row could be sent first: they exchange usernames. Go on with all ${count(left)}?`;
    return /^y(es)?$/i.test((await prompt.question(`\r\x1b[K${done} [y/N] `, { signal })).trim());
  } catch {
    return false;
  } finally {
    prompt.close();
    question.close();
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
    notice(`credentials: ${printable(text)}\n`);
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

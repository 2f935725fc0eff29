/**
 * Whether a hangup (SIGHUP) was to be ignored from the start, as `nohup` has it. Node.js sets every signal back to its
 * default before any program of ours runs, so that cannot be asked for; what `nohup` leaves beside it can be seen.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/** What a start by `nohup` leaves behind. */
export interface HangupMarks {
  /** The variable `_`, in which bash and zsh name the program that they start. */
  readonly started: string | undefined;
  /** Standard input: what it is, and the flags that it was opened with. */
  readonly input: { readonly path: string; readonly flags: number } | undefined;
  /** Bit 0: the parent ignores SIGHUP, as a script does that was started by `nohup`. */
  readonly parentIgnores: bigint;
}

/** In place of a terminal, GNU's `nohup` gives a standard input that cannot be read: nothing else does. */
const WRITE_ONLY = 1;
const ACCESS = 3;

/** Whether one of the marks is there. */
export function isHangupIgnored({ started, input, parentIgnores }: HangupMarks): boolean {
  if (started !== undefined && basename(started) === 'nohup') return true;
  if (input?.path === '/dev/null' && (input.flags & ACCESS) === WRITE_ONLY) return true;
  return (parentIgnores & 1n) === 1n;
}

/** The marks of this process; those that the system does not tell of are missing. */
export const hangupMarks = (): HangupMarks => ({
  started: process.env._,
  input: told(() => ({
    path: readlinkSync('/proc/self/fd/0'),
    flags: Number.parseInt(field('/proc/self/fdinfo/0', 'flags'), 8),
  })),
  parentIgnores: told(() => BigInt(`0x${field(`/proc/${process.ppid}/status`, 'SigIgn')}`)) ?? 0n,
});

const field = (path: string, name: string) =>
  new RegExp(`^${name}:\\s*(\\w+)$`, 'm').exec(readFileSync(path, 'utf8'))?.[1] ?? '';

function told<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

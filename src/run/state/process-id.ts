/** Which process this is, and what this machine can tell about another one. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { kill, pid } from 'node:process';
import { isSystemError } from '../../disk.js';

/** A process, so that no other is ever taken for it: numbers are used again, also by another machine or container. */
export interface ProcessId {
  readonly host: string;
  /** Of the machine's present start; empty if the system does not tell. */
  readonly boot: string;
  /** Of the container; empty if the system does not tell. */
  readonly namespace: string;
  readonly pid: number;
  /** When the process was started, in the system's own units; empty if it does not tell. */
  readonly start: string;
}

/** What now has a process's number. */
export interface Found {
  /** As in ProcessId. */
  readonly start: string;
  /** Whether it is halted, as by SIGSTOP: it cannot do anything, but may wake up. */
  readonly halted: boolean;
}

/** What this machine can tell about a process. */
export type Evidence = 'dead' | 'alive' | 'unknown';

/**
 * What a process's number says. Only to one in the same start of the same machine, in the same container, it says
 * anything: host names alone are not unique, and not every system tells the others apart.
 *
 * @param here this process
 * @param found what now has the number; undefined: nothing
 */
export function judge(holder: ProcessId, here: ProcessId, found: Found | undefined): Evidence {
  const { host, boot, namespace } = holder;
  if (boot === '' || namespace === '') return 'unknown';
  if (host !== here.host || boot !== here.boot || namespace !== here.namespace) return 'unknown';
  if (found === undefined) return 'dead';
  if (found.start === '' || holder.start === '') return 'unknown';
  if (found.start !== holder.start) return 'dead';
  return found.halted ? 'unknown' : 'alive';
}

/** What this machine can tell about a process at present. */
export const evidenceOn = (holder: ProcessId): Evidence => judge(holder, thisProcess(), find(holder.pid));

export function thisProcess(): ProcessId {
  return {
    host: hostname(),
    boot: told(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: told(() => readlinkSync('/proc/self/ns/pid')),
    pid,
    start: find(pid)?.start ?? '',
  };
}

function find(number: number): Found | undefined {
  try {
    kill(number, 0);
  } catch (error) {
    // A process of somebody else's may not be signalled, but is there.
    if (isSystemError(error, 'ESRCH')) return undefined;
  }
  const stat = told(() => readFileSync(`/proc/${number}/stat`, 'utf8'));
  // From field 3 on: the second, the command's name, can hold spaces and brackets. See proc(5).
  const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; only its parent does not know yet.
  return state === 'Z' ? undefined : { start: fields[18] ?? '', halted: state === 'T' || state === 't' };
}

/** Empty if the system does not tell. */
function told(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

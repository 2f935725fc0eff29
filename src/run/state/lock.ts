/** Who works on what: a file that exists for as long as its holder does. */
import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { kill, pid } from 'node:process';
import { z } from 'zod';
import { isSystemError, NO_FOLLOW, unwritable } from '../../disk.js';
import { LockedError } from '../../errors.js';
import { printable } from '../../text/printable.js';

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

/** What a lock's file says. */
export interface Holder extends ProcessId {
  /** Of this holding, and of no other. */
  readonly id: string;
  /** ISO 8601 UTC. */
  readonly since: string;
}

/**
 * Whether a lock's holder is gone for sure.
 *
 * @param here this process
 * @param start when the process that now has the holder's number was started; undefined if there is none
 */
export function isDead(holder: ProcessId, here: ProcessId, start: string | undefined): boolean {
  if (holder.host !== here.host) return false;
  if (holder.boot !== here.boot) return true;
  // The numbers of another container say nothing here.
  if (holder.namespace !== here.namespace) return false;
  if (start === undefined) return true;
  return start !== '' && holder.start !== '' && start !== holder.start;
}

/** A lock that this process holds. `release` it. */
export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes a lock, also from a process of this machine that has died with it.
 *
 * Its file comes into being whole, by a link, which fails if the name is taken. A dead holder's lock is claimed
 * with a second file, named after that one holding, so that there is one claimant; the claim counts only while the
 * lock is still the one that was seen to be dead, and is then renamed to be the lock. A claimant that dies is claimed
 * in turn. So nobody ever removes a lock without having seen it to be dead, as those can who delete a stale lock and
 * then make their own.
 *
 * @param what what is locked, for the message, such as `network 12345678`
 * @throws LockedError if another process holds it; RunFolderError if its file cannot be written
 */
export async function takeLock(path: string, what: string): Promise<Lock> {
  const mine: Holder = { ...(await thisProcess()), id: randomUUID(), since: new Date().toISOString() };
  const draft = `${path}.${mine.id}.part`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(draft, JSON.stringify(mine), { mode: 0o600, flag: 'wx', flush: true });
    const holder = await takeOrClaim(path, draft, mine);
    if (holder) throw held(holder, path, what);
  } catch (cause) {
    throw cause instanceof LockedError ? cause : unwritable(path, cause);
  } finally {
    // What went wrong before this says more than that there is no draft to remove.
    await rm(draft, { force: true }).catch(() => {});
  }
  return {
    async release() {
      if ((await read(path))?.id === mine.id) await rm(path, { force: true });
    },
  };
}

/**
 * Takes the lock of a network: one writing run at a time on this machine, as far as they name the same folder.
 *
 * @param folder of the locks; undefined: networks are not held
 */
export async function lockNetwork(
  folder: string | undefined,
  endpoint: URL,
  networkId: string,
): Promise<Lock> {
  if (folder === undefined) return { release: async () => {} };
  const service = createHash('sha256').update(endpoint.origin).digest('hex').slice(0, 12);
  return takeLock(join(folder, `${networkId}-${service}.lock`), `network ${networkId}`);
}

/** The holder of the lock, unless it is known to be dead. */
export async function holderOf(path: string): Promise<Holder | undefined> {
  const holder = await read(path);
  return holder && !(await isGone(holder, await thisProcess())) ? holder : undefined;
}

/** @throws LockedError if a process works on the run whose lock this is */
export async function refuseHeld(path: string, what: string): Promise<void> {
  if (await holderOf(path))
    throw new LockedError(`${what} still goes on`, 'Wait for its end, or stop it first.');
}

/** Gives the holder if there is a live one; else the lock is mine. */
async function takeOrClaim(path: string, draft: string, mine: Holder): Promise<Holder | undefined> {
  for (;;) {
    if (await create(path, draft)) return undefined;
    const seen = await read(path);
    if (!seen) continue;
    if (!(await isGone(seen, mine))) return seen;
    const claim = await claimDead(path, draft, seen, mine);
    if (claim === 'again') continue;
    if (!('name' in claim)) return claim;
    if ((await read(path))?.id !== seen.id) {
      await rm(claim.name, { force: true });
      continue;
    }
    await rename(claim.name, path);
    for (const deadClaim of claim.deadClaims) await rm(deadClaim, { force: true });
    return undefined;
  }
}

/** A claim of mine on a dead holder's lock, and the claims of those who died with one. */
interface Claim {
  readonly name: string;
  readonly deadClaims: readonly string[];
}

/** Claims a dead holder's lock. Gives a live claimant if there is one; `again` if the last claim has just gone. */
async function claimDead(
  path: string,
  draft: string,
  seen: Holder,
  mine: Holder,
): Promise<Claim | Holder | 'again'> {
  const deadClaims: string[] = [];
  for (let name = claimOn(path, seen); ; ) {
    if (await create(name, draft)) return { name, deadClaims };
    deadClaims.push(name);
    const claimant = await read(name);
    if (!claimant) return 'again';
    if (!(await isGone(claimant, mine))) return claimant;
    name = claimOn(path, claimant);
  }
}

const claimOn = (path: string, { id }: Holder) => `${path}.${id}`;

/** Makes the draft's content appear under a name. False if the name is taken. */
async function create(name: string, draft: string): Promise<boolean> {
  try {
    await link(draft, name);
    return true;
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false;
    throw error;
  }
}

const HolderShape = z.object({
  host: z.string(),
  boot: z.string(),
  namespace: z.string(),
  pid: z.number().int().positive(),
  start: z.string(),
  id: z.uuid(),
  since: z.iso.datetime(),
});

/** Without waiting: somebody could have put a named pipe there. */
const READ = constants.O_RDONLY | NO_FOLLOW | (constants.O_NONBLOCK ?? 0);

async function read(path: string): Promise<Holder | undefined> {
  try {
    return HolderShape.parse(JSON.parse(await readFile(path, { encoding: 'utf8', flag: READ })));
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT')) return undefined;
    throw new LockedError(
      `the lock ${printable(path)} does not say who holds it`,
      'If no other wickr-bulk is at work, delete that file and start again.',
      { cause },
    );
  }
}

const held = ({ pid: number, host, since }: Holder, path: string, what: string) =>
  new LockedError(
    `another run works on ${what}: process ${number} on ${host}, since ${since}`,
    `Wait for it to end, or stop it. If that process is gone for good, delete ${printable(path)}.`,
  );

async function isGone(holder: Holder, here: ProcessId): Promise<boolean> {
  const start = await startOf(holder.pid);
  return isDead(holder, here, start);
}

async function thisProcess(): Promise<ProcessId> {
  const [boot, namespace, start = ''] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    readlink('/proc/self/ns/pid').catch(() => ''),
    startOf(pid),
  ]);
  return { host: hostname(), boot: boot.trim(), namespace, pid, start };
}

/** When a process of this machine was started, empty if the system does not tell; undefined if there is none. */
async function startOf(number: number): Promise<string | undefined> {
  try {
    kill(number, 0);
  } catch (error) {
    // A process of somebody else's may not be signalled, but is there.
    if (isSystemError(error, 'ESRCH')) return undefined;
  }
  const stat = await readFile(`/proc/${number}/stat`, 'utf8').catch(() => '');
  // From field 3 on: the second, the command's name, can hold spaces and brackets. See proc(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; only its parent does not know yet.
  return fields[0] === 'Z' ? undefined : (fields[19] ?? '');
}

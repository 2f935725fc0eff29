/** The files by which a run in another process is steered: one for each kind of order, and one with what the run says. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { removeFile, renameFile } from '../../busy-file.js';
import { exists, isSystemError, NO_FOLLOW, replaceFile } from '../../disk.js';
import { isOfUser } from '../state/foreign-files.js';
import type { RunFolder } from '../state/run-folder.js';
import { type ControlState, type Order, type OrderKind, parseControl, parseOrder } from './order.js';

/** Bytes; no such file is longer. */
const LONGEST = 4096;
/** Without waiting: somebody could have put a named pipe there. */
const READ = constants.O_RDONLY | NO_FOLLOW | (constants.O_NONBLOCK ?? 0);

const pathOf = ({ path }: RunFolder, kind: OrderKind) => join(path, `order-${kind}.json`);
const controlOf = ({ path }: RunFolder) => join(path, 'control.json');

/** Leaves an order for a run, in the place of an earlier one of its kind. @throws RunFolderError if it cannot be written */
export const placeOrder = (folder: RunFolder, order: Order): Promise<void> =>
  replaceFile(pathOf(folder, order.kind), (file) => file.appendFile(JSON.stringify(order)));

/** Takes an order back that nobody has taken, unless another one stands in its place. */
export async function withdrawOrder(folder: RunFolder, order: Order): Promise<void> {
  const path = pathOf(folder, order.kind);
  const text = await readOwn(path);
  if (text !== undefined && parseOrder(text)?.id === order.id) await removeFile(path);
}

/**
 * Takes the order of a kind out of the folder; undefined if there is none. Under another name first: what is placed
 * meanwhile stays for the next look.
 */
export async function takeOrder(folder: RunFolder, kind: OrderKind): Promise<Order | undefined> {
  const path = pathOf(folder, kind);
  if (!(await exists(path))) return undefined;
  const away = `${path}.${randomUUID()}.part`;
  try {
    await renameFile(path, away);
  } catch (error) {
    // Withdrawn.
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
  const text = await readOwn(away);
  await removeFile(away);
  return text === undefined ? undefined : parseOrder(text);
}

/** Says how the run is steered. @throws RunFolderError if it cannot be written, LockedError if the run is not held any more */
export async function writeControl(folder: RunFolder, state: ControlState): Promise<void> {
  await folder.confirm();
  await replaceFile(controlOf(folder), (file) => file.appendFile(JSON.stringify(state)));
}

/** What the process that holds the run says; undefined if it has said nothing. @param owner of the run's lock */
export async function readControl(folder: RunFolder, owner: string): Promise<ControlState | undefined> {
  const text = await readOwn(controlOf(folder));
  const state = text === undefined ? undefined : parseControl(text);
  return state?.of === owner ? state : undefined;
}

/** Of a run that has ended. */
export async function dropControl(folder: RunFolder): Promise<void> {
  await folder.confirm();
  await removeFile(controlOf(folder));
}

/** The text of a plain file of this user's; undefined if there is none. */
async function readOwn(path: string): Promise<string | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, READ);
  } catch {
    return undefined;
  }
  try {
    const found = await file.stat({ bigint: true });
    if (!found.isFile() || !isOfUser(found)) return undefined;
    const block = Buffer.alloc(LONGEST);
    const { bytesRead } = await file.read(block, 0, LONGEST, 0);
    return block.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/**
 * Before the command: calls to the system fail here as they do on Windows. A folder cannot be flushed, a file that was
 * opened to be appended to cannot be cut, a file that somebody else has open is at first neither renamed nor deleted,
 * there are no links and no /proc, and the machine has another name each time.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';

const refusal = (code, syscall, path) =>
  Object.assign(new Error(`${code}: as on Windows, ${syscall} '${path}'`), {
    code,
    syscall,
    path,
    errno: -1,
  });
const { readFileSync, fstatSync } = fs;

/** Puts another function in the place of one. */
function instead(object, name, make) {
  object[name] = make(object[name]);
}

const refuseFolder = (fd) => {
  if (fstatSync(fd).isDirectory()) throw refusal('EPERM', 'fsync', fd);
};
const probe = await fs.promises.open(import.meta.filename);
instead(
  Object.getPrototypeOf(probe),
  'sync',
  (sync) =>
    async function syncFile() {
      refuseFolder(this.fd);
      return sync.call(this);
    },
);
await probe.close();
instead(fs, 'fsyncSync', (sync) => (fd) => {
  refuseFolder(fd);
  return sync(fd);
});

const isAppending = (fd) =>
  Number.parseInt(/flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))[1], 8) &
  fs.constants.O_APPEND;
instead(fs, 'ftruncateSync', (truncate) => (fd, length) => {
  if (isAppending(fd)) throw refusal('EPERM', 'ftruncate', fd);
  return truncate(fd, length);
});

/** A file whose name ends so is open elsewhere all the time; the first time that this shows, it is said. */
const { HELD } = process.env;
let isTold = false;
function refuseHeld(syscall, path) {
  if (HELD === undefined || !String(path).endsWith(HELD)) return;
  if (!isTold) process.stderr.write(`held: ${HELD}\n`);
  isTold = true;
  throw refusal('EBUSY', syscall, path);
}

/** The first two attempts on each path fail. */
const attempts = new Map();
function refuseAtFirst(syscall, path) {
  refuseHeld(syscall, path);
  const key = `${syscall} ${path}`;
  const before = attempts.get(key) ?? 0;
  attempts.set(key, before + 1);
  if (before < 2) throw refusal(['EBUSY', 'EPERM'][before], syscall, path);
}
const isThere = (path) => fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined;
instead(fs.promises, 'rename', (rename) => async (from, to) => {
  refuseAtFirst('rename', to);
  return rename(from, to);
});
instead(fs.promises, 'unlink', (unlink) => async (path) => {
  refuseAtFirst('unlink', path);
  return unlink(path);
});
instead(fs.promises, 'rm', (rm) => async (path, options) => {
  if (isThere(path)) refuseAtFirst('unlink', path);
  return rm(path, options);
});
for (const name of ['renameSync', 'rmSync', 'linkSync', 'symlinkSync'])
  instead(fs, name, () => (path) => {
    throw refusal('EPERM', name, path);
  });
instead(fs.promises, 'link', () => async (from) => {
  throw refusal('EPERM', 'link', from);
});

/** A lock's file is at times open elsewhere, so that it cannot be read: of five looks at it, for the last two. */
const looks = new Map();
const isLock = (path) => /[\\/](lock|[^\\/]*\.lock)$/.test(String(path));
const isProc = (path) => String(path).startsWith('/proc/');
instead(fs, 'readFileSync', (read) => (path, ...how) => {
  if (isProc(path)) throw refusal('ENOENT', 'open', path);
  refuseHeld('open', path);
  if (isLock(path) && isThere(path)) {
    const before = looks.get(path) ?? 0;
    looks.set(path, before + 1);
    if (before % 5 > 2) throw refusal('EBUSY', 'open', path);
  }
  return read(path, ...how);
});
instead(fs, 'readlinkSync', () => (path) => {
  throw refusal(isProc(path) ? 'ENOENT' : 'EINVAL', 'readlink', path);
});

os.platform = () => 'win32';
os.hostname = () => `host-${process.pid}`;
syncBuiltinESMExports();

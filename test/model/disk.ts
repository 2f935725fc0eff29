/**
 * The files of a simulated process: real ones, but each call takes place at once, is counted, and can be the one at which
 * the process is killed. What a dead process calls has no effect and never returns.
 */
import children from 'node:child_process';
import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { Readable } from 'node:stream';

const { spawn } = children;
const calls = { ...fs };
const asked = { ...promises };

/** How a call ends: as usual, or with the process, before it, after it, or in the middle of what it writes. */
export type Fate = 'done' | 'killed before' | 'killed after' | 'torn';

export interface DiskWatch {
  /** Told of each call; decides how it ends. */
  onCall(name: string): Fate;
  /** Kills the process. */
  kill(): void;
  /** ms that the disk takes to make something safe. */
  flush(): Promise<void>;
}

const never = new Promise<never>(() => {});

class Dead extends Error {
  override message = 'the process is dead';
}

type Call = (...given: never[]) => unknown;

/** Calls of `node:fs` that are replaced, and those of `node:fs/promises` that have a synchronous twin. */
const synchronous = [
  ...(['ftruncateSync', 'fstatSync', 'writeSync', 'openSync', 'closeSync'] as const),
  ...(['fdatasync', 'createReadStream'] as const),
];
const oneForOne = [
  ...(['link', 'lstat', 'stat', 'rename', 'rm', 'unlink', 'mkdir', 'readlink', 'readdir'] as const),
];

export class Disk {
  #watch: DiskWatch | undefined;
  readonly #open = new Set<number>();

  /** A process begins; without one, the calls are the system's own. */
  begin(watch: DiskWatch): void {
    this.#watch = watch;
  }

  /** The process has ended: the system closes its files. */
  end(): void {
    for (const fd of this.#open) calls.closeSync(fd);
    this.#open.clear();
  }

  /** Files have no process any more. */
  release(): void {
    this.end();
    this.#watch = undefined;
  }

  #isDead = false;

  set isDead(dead: boolean) {
    this.#isDead = dead;
    if (dead) this.end();
  }

  /** Does the call, unless the process dies at it. `tear` does half of it. */
  #do<T>(name: string, call: () => T, tear: () => unknown = call): { readonly result: T } | undefined {
    if (this.#isDead) return undefined;
    const fate = this.#watch?.onCall(name) ?? 'done';
    if (fate === 'done') return { result: call() };
    if (fate === 'killed after') call();
    if (fate === 'torn') tear();
    this.#watch?.kill();
    return undefined;
  }

  async #later<T>(name: string, call: () => T, tear?: () => unknown): Promise<T> {
    const done = this.#do(name, call, tear);
    return done ? done.result : never;
  }

  #now<T>(name: string, call: () => T, tear?: () => unknown): T {
    const done = this.#do(name, call, tear);
    if (!done) throw new Dead();
    return done.result;
  }

  install(): void {
    const asynchronous = (name: string, call: Call) =>
      Object.assign(promises, {
        [name]: (...given: never[]) =>
          this.#watch
            ? this.#later(name, () => call(...given))
            : (asked[name as keyof typeof asked] as Call)(...given),
      });
    for (const name of oneForOne) asynchronous(name, calls[`${name}Sync`] as Call);
    asynchronous('readFile', calls.readFileSync as Call);
    promises.writeFile = (async (path: string, data: string, options: object) => {
      if (!this.#watch) return asked.writeFile(path, data, options);
      const write = (text: string) => calls.writeFileSync(path, text, { ...options });
      return this.#later(
        'writeFile',
        () => write(data),
        () => write(data.slice(0, data.length / 2)),
      );
    }) as typeof promises.writeFile;
    promises.open = (async (path: string, flags?: string | number, mode?: number) =>
      this.#watch
        ? new Handle(this, await this.opened('open', path, flags, mode))
        : asked.open(path, flags, mode)) as unknown as typeof promises.open;
    this.#installSynchronous();
    this.#installLinker();
    syncBuiltinESMExports();
  }

  /** In the place of the program that gives a name to a file which has none. */
  #installLinker(): void {
    children.spawn = ((program: string, args: string[], options: { stdio: [...unknown[], number] }) => {
      if (!this.#watch) return spawn(program, args, options as object);
      const child = new EventEmitter();
      const unnamed = `/proc/self/fd/${options.stdio.at(-1)}`;
      const name = () => calls.copyFileSync(unnamed, args.at(-1) ?? '', calls.constants.COPYFILE_EXCL);
      void this.#later('spawn', name).then(
        () => child.emit('close', 0),
        () => child.emit('close', 1),
      );
      return child;
    }) as never;
  }

  #installSynchronous(): void {
    const guarded = <Name extends keyof typeof calls>(name: Name, tear?: (...given: never[]) => unknown) =>
      Object.assign(fs, {
        [name]: (...given: never[]) => {
          const call = () => (calls[name] as Call)(...given);
          return this.#watch ? this.#now(name, call, tear && (() => tear(...given))) : call();
        },
      });
    guarded('ftruncateSync');
    guarded('fstatSync');
    guarded('writeSync', ((fd: number, bytes: Buffer, at = 0) =>
      calls.writeSync(fd, bytes, at, Math.floor((bytes.length - at) / 2))) as Call);
    fs.openSync = (path, flags, mode) => {
      const open = () => calls.openSync(path, flags, mode);
      if (!this.#watch) return open();
      return this.#now('openSync', () => this.#kept(open()));
    };
    fs.closeSync = (fd) => (this.#watch ? this.#now('closeSync', () => this.close(fd)) : calls.closeSync(fd));
    fs.fdatasync = ((fd: number, then: (error: Error | null) => void) => {
      if (!this.#watch) return calls.fdatasync(fd, then);
      void this.flushed('fdatasync').then(() => then(null));
    }) as typeof fs.fdatasync;
    fs.createReadStream = ((path: string, options: object) =>
      this.#watch ? Readable.from(this.#content(path)) : calls.createReadStream(path, options)) as never;
  }

  async *#content(path: string): AsyncGenerator<Buffer> {
    yield await this.#later('createReadStream', () => calls.readFileSync(path));
  }

  uninstall(): void {
    children.spawn = spawn;
    for (const name of synchronous) Object.assign(fs, { [name]: calls[name] });
    for (const name of [...oneForOne, 'readFile', 'writeFile', 'open'] as const)
      Object.assign(promises, { [name]: asked[name] });
    syncBuiltinESMExports();
  }

  #kept(fd: number): number {
    this.#open.add(fd);
    return fd;
  }

  opened(name: string, path: string, flags: string | number = 'r', mode?: number): Promise<number> {
    return this.#later(name, () => this.#kept(calls.openSync(path, flags, mode)));
  }

  close(fd: number): void {
    if (this.#open.delete(fd)) calls.closeSync(fd);
  }

  async flushed(name: string): Promise<void> {
    await this.#later(name, () => {});
    await this.#watch?.flush();
  }

  called<T>(name: string, call: () => T, tear?: () => unknown): Promise<T> {
    return this.#later(name, call, tear);
  }
}

/** What `open` of `node:fs/promises` gives, as far as it is used. */
class Handle {
  readonly #disk: Disk;
  readonly fd: number;

  constructor(disk: Disk, fd: number) {
    this.#disk = disk;
    this.fd = fd;
  }

  read(buffer: Buffer, offset: number, length: number, position: number | null) {
    return this.#disk.called('read', () => ({
      bytesRead: calls.readSync(this.fd, buffer, offset, length, position),
      buffer,
    }));
  }

  appendFile(data: string | Uint8Array): Promise<void> {
    const bytes = Buffer.from(data as string);
    const write = (length: number) => void calls.writeSync(this.fd, bytes, 0, length);
    return this.#disk.called(
      'appendFile',
      () => write(bytes.length),
      () => write(bytes.length >> 1),
    );
  }

  stat(options: fs.StatOptions = {}) {
    return this.#disk.called('fstat', () => calls.fstatSync(this.fd, options));
  }

  sync(): Promise<void> {
    return this.#disk.flushed('fsync');
  }

  close(): Promise<void> {
    return this.#disk.called('close', () => this.#disk.close(this.fd));
  }
}

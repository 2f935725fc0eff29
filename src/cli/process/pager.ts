/** Text that is longer than the terminal: it is shown by a pager, page by page. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';

/** Where text goes that somebody reads. */
export interface Reader {
  /** Resolves when it has been taken. */
  write(text: string): Promise<void>;
  /** Shows what was held back, and resolves when the reader has seen enough. */
  end(): Promise<void>;
  /** Leaves a pager without waiting for a key. */
  leave(): Promise<void>;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The command of the pager: PAGER if it is set (none if it is empty or `cat`), else `less`. None if nobody sits there to
 * turn the pages, and none under Windows without PAGER, whose `more` shows no colours.
 */
export function pagerCommand(isTerminal: boolean, env: Variables = process.env): string | undefined {
  if (!isTerminal || env.TERM === 'dumb') return undefined;
  const command = env.PAGER ?? (process.platform === 'win32' ? '' : 'less');
  return command.trim() === '' || command === 'cat' ? undefined : command;
}

/** @param isTerminal whether somebody sits before the output and can press a key */
export function readerOf(output: WriteStream, isTerminal: boolean): Reader {
  // A terminal whose size nobody has set, as that of `script` in a pipe, has no pages.
  const command = pagerCommand(isTerminal && output.rows > 1);
  return command === undefined ? plain(output) : paged(output, command);
}

const plain = (output: NodeJS.WritableStream): Reader => ({
  write: async (text) => void output.write(text),
  end: async () => {},
  leave: async () => {},
});

/** What fits on the screen goes there as it is; the line that does not starts the pager. */
function paged(output: WriteStream, command: string): Reader {
  let held: string[] = [];
  let lines = 0;
  let shownBy: Reader | undefined;
  const show = async (by: Reader) => {
    shownBy = by;
    const text = held.join('');
    held = [];
    await by.write(text);
    return by;
  };
  const shown = async () => shownBy ?? (await show(plain(output)));
  return {
    async write(text) {
      if (shownBy) return shownBy.write(text);
      held.push(text);
      lines += screenLines(text, output.columns || 80);
      // The last line is the shell's, for its prompt.
      if (lines >= output.rows) await show((await startPager(command)) ?? plain(output));
    },
    end: async () => (await shown()).end(),
    leave: async () => (await shown()).leave(),
  };
}

/** A pager that has the terminal; undefined if there is no such program. */
async function startPager(command: string): Promise<Reader | undefined> {
  const env = { ...process.env, LESS: process.env.LESS ?? 'R' };
  // In a shell, since PAGER may have flags, as in `less -S`.
  const child = spawn(command, { env, stdio: ['pipe', 'inherit', 'inherit'], shell: command !== 'less' });
  try {
    await once(child, 'spawn');
  } catch {
    return undefined;
  }
  let isOver = false;
  const closed = once(child, 'close').then(() => {
    isOver = true;
  });
  const { stdin } = child;
  // Whoever has read enough ends the pager, and with it its input: that is no error.
  stdin.on('error', () => {});
  process.once('exit', () => child.kill());
  return {
    async write(text) {
      if (isOver || !stdin.writable || stdin.write(text)) return;
      await Promise.race([once(stdin, 'drain').catch(() => {}), closed]);
    },
    async end() {
      stdin.end();
      await closed;
    },
    async leave() {
      child.kill();
      await closed;
    },
  };
}

/** How many lines of a screen a text takes, with those that are broken. */
export function screenLines(text: string, columns: number): number {
  const lines = stripVTControlCharacters(text).replace(/\n$/, '').split('\n');
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
}

/** A real terminal with a shell in it, as somebody sits before it: tmux's, with a server of its own. */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { onTestFinished, vi } from 'vitest';

const call = promisify(execFile);

/** Whether there is a tmux. */
export const hasTmux = spawnSync('tmux', ['-V']).status === 0;

/** What the shell shows when it is ready for another command: the last one's exit code. */
const PROMPT = /\[(\d+)\]\$ ?$/;

export interface Done {
  readonly code: number;
  /** What the command has left on the screen, in lines as long as they were written. */
  readonly screen: string;
}

export interface Desk {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly columns: number;
  readonly rows: number;
}

export class Terminal {
  readonly #server: readonly string[];
  readonly #folder: string;

  private constructor({ folder }: Desk) {
    this.#folder = folder;
    this.#server = ['-S', `${folder}/tmux`, '-f', '/dev/null'];
  }

  /** Opens one, and closes it when the test is over. */
  static async open(desk: Desk): Promise<Terminal> {
    const terminal = new Terminal(desk);
    const { folder, env, columns, rows } = desk;
    const size = ['-x', String(columns), '-y', String(rows)];
    const shell = ['env', 'PS1=[$?]$ ', 'bash', '--norc', '--noprofile', '-i'];
    const session = ['new-session', '-d', ...size, '-c', folder, ...shell];
    await call('tmux', [...terminal.#server, ...session], {
      env: { ...env, TERM: 'xterm-256color', LANG: 'C.UTF-8' },
    });
    onTestFinished(async () => void (await terminal.#tmux('kill-server').catch(() => {})));
    await terminal.#tmux('set-option', '-g', 'history-limit', '10000');
    await terminal.until(PROMPT);
    return terminal;
  }

  /** Types a command and waits until it is over. */
  async run(command: string): Promise<Done> {
    await this.begin(command);
    return this.end();
  }

  /** Types a command. What was on the screen before it is forgotten. */
  async begin(command: string): Promise<void> {
    await this.#line('clear');
    await this.until(/^\[0\]\$ ?$/);
    await this.#tmux('clear-history');
    await this.#line(command);
  }

  /** Waits until the command is over. */
  async end(): Promise<Done> {
    const screen = await this.until(PROMPT, (text) => text.split(PROMPT_LINE).length > 2);
    const shown = screen.slice(screen.indexOf('\n') + 1).replace(PROMPT, '');
    return { code: Number(PROMPT.exec(screen)?.[1]), screen: shown };
  }

  /** Waits until the screen shows something, and gives all that it shows. */
  async until(shown: RegExp, holds: (screen: string) => boolean = () => true): Promise<string> {
    let screen = '';
    await vi
      .waitUntil(
        async () => {
          screen = await this.screen();
          return shown.test(screen) && holds(screen);
        },
        { timeout: 3_600_000, interval: 50 },
      )
      .catch((error: unknown) => Promise.reject(new Error(`the screen shows\n${screen}`, { cause: error })));
    return screen;
  }

  /** The screen and what has left it at the top. Lines that the terminal has broken are whole. */
  async screen(): Promise<string> {
    const { stdout } = await this.#tmux('capture-pane', '-p', '-J', '-S', '-');
    return stdout.trimEnd();
  }

  /** Types a line that is asked for. */
  answer(text: string): Promise<void> {
    return this.#line(text);
  }

  /** Presses a key, by its name as tmux has it. */
  async press(key: string): Promise<void> {
    await this.#tmux('send-keys', key);
  }

  interrupt(): Promise<void> {
    return this.press('C-c');
  }

  async resize(columns: number): Promise<void> {
    await this.#tmux('resize-window', '-x', String(columns));
  }

  async #line(text: string): Promise<void> {
    await this.#tmux('send-keys', '-l', text);
    await this.#tmux('send-keys', 'Enter');
  }

  #tmux(...args: string[]): Promise<{ stdout: string }> {
    return call('tmux', [...this.#server, ...args], { cwd: this.#folder });
  }
}

const PROMPT_LINE = /^\[\d+\]\$/m;

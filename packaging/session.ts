/**
 * `npm run session`: a session of the built command in a real terminal (tmux), against the emulator, as a picture for the
 * README: `docs/session.svg`.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type Emulator, startEmulator } from '../src/emulator/server.js';
import { screenPicture } from './screen-picture.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const execute = promisify(execFile);

/** So wide that no line is broken before what it says of this machine is taken out. */
const COLUMNS = 200;
const ROWS = 60;
const USERS = 540;
/** What is typed, and what the screen shows when it is time for the next one. */
export const typed: readonly (readonly [text: string, shown: RegExp])[] = [
  ['wickr-bulk plan users.csv --limit 2', /\n\$$/],
  ['wickr-bulk update users.csv', /\[y\/N\/d\]$/],
  ['y', /\n\$$/],
  ['wickr-bulk undo --last --yes', /\n\$$/],
];

/** The screen at the end, with its colours. */
export async function recordSession(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wickr-bulk-session-'));
  const users = Array.from({ length: USERS }, (_, i) => ({
    userId: String(10_000_001 + i),
    username: `user${i + 1}@example.com`,
    firstName: 'First',
    lastName: 'Last',
  }));
  const emulator = await startEmulator({ users, rate: 100, burst: 50, latency: 20 });
  try {
    const rows = users.map(
      ({ userId, username }) => `${emulator.networkId},${userId},${username.replace('.com', '.org')}\n`,
    );
    await writeFile(join(folder, 'users.csv'), `networkId,userId,username\n${rows.join('')}`);
    const screen = await onTerminal(folder, emulator);
    // Where this machine keeps its temporary files is nobody's business.
    return screen.replaceAll(folder, '/home/jo').replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:4566');
  } finally {
    await emulator.close();
    // What ran in the terminal may take a moment to end once its server is gone.
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

async function onTerminal(folder: string, emulator: Emulator): Promise<string> {
  await mkdir(join(folder, 'bin'));
  const program = `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'dist/cli/main.js')}" "$@"\n`;
  await writeFile(join(folder, 'bin/wickr-bulk'), program, { mode: 0o755 });
  const env = {
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    HOME: folder,
    LANG: 'C.UTF-8',
    HISTFILE: '/dev/null',
    // What is typed is bold, what is printed is not.
    PS1: '\\[\\e[1m\\]$ ',
    PS0: '\\e[0m',
    AWS_REGION: emulator.region,
    AWS_ENDPOINT_URL_WICKR: emulator.url,
    AWS_ACCESS_KEY_ID: emulator.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: emulator.credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const tmux = async (...args: string[]) =>
    (await execute('tmux', ['-S', join(folder, 'tmux'), '-f', '/dev/null', ...args], { env, cwd: folder }))
      .stdout;
  await tmux('new-session', '-d', '-x', String(COLUMNS), '-y', String(ROWS), 'bash', '--norc', '--noprofile');
  try {
    await until((screen) => screen === '$');
    for (const [text, shown] of typed) {
      await tmux('send-keys', '-l', text);
      // Not before it is there: the prompt that stood before it looks like the one that follows.
      await until((screen) => screen.endsWith(text));
      await tmux('send-keys', 'Enter');
      await until((screen) => !screen.endsWith(text) && shown.test(screen));
    }
    const screen = (await tmux('capture-pane', '-e', '-p')).trimEnd();
    // Without the prompt that nothing is typed at.
    return screen.slice(0, screen.lastIndexOf('\n'));
  } finally {
    await tmux('kill-server');
  }

  /** Waits for at most a minute. */
  async function until(isShown: (screen: string) => boolean): Promise<void> {
    let screen = '';
    for (let i = 0; i < 300; i++) {
      await delay(200);
      screen = (await tmux('capture-pane', '-p')).trimEnd();
      if (isShown(screen)) return;
    }
    throw new Error(`the screen stays as it is:\n${screen}`);
  }
}

export const sessionPicture = (screen: string): string =>
  screenPicture(screen, 'A session: a plan, the update with its question, and the way back');

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  await writeFile(join(root, 'docs/session.svg'), sessionPicture(await recordSession()));

/** The completion scripts, each in its own shell on a terminal, and the manual pages. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { useWorkplace } from '../workplace.js';
import { run } from './command.js';

const place = useWorkplace();
const scripts = new Map<string, string>();

beforeAll(async () => {
  const print = async (shell: string) => scripts.set(shell, (await run(['completion', shell])).stdout);
  await Promise.all(['bash', 'zsh', 'fish', 'powershell'].map(print));
});

/** What `--help` has of each command: the reviewed text, which its own test holds current. */
async function helpTexts(): Promise<ReadonlyMap<string, readonly string[]>> {
  const text = await readFile(new URL('help.txt', import.meta.url), 'utf8');
  const [, ...commands] = text.split(/^-{80}$/m).filter((part) => part.includes('Usage: '));
  return new Map(
    commands.map((help) => [
      /^Usage: wickr-bulk (\w+)/m.exec(help)?.[1] ?? '',
      [...help.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag = '']) => flag),
    ]),
  );
}

/** What is typed, with TABs, and the words that the shell makes of it. */
const typed: readonly (readonly [line: string, words: readonly string[]])[] = [
  ['wickr-bulk upd\t', ['update']],
  ['wickr-bulk update --dry\t', ['update', '--dry-run']],
  ['wickr-bulk export --format=j\t', ['export', '--format', 'jsonl']],
  ['wickr-bulk export --stat\tsu\t', ['export', '--status', 'suspended']],
  ['wickr-bulk update two\t', ['update', 'two words.csv']],
  ['wickr-bulk update --exclude two\t', ['update', '--exclude', 'two words.csv']],
  ['wickr-bulk update --out only\t', ['update', '--out', 'only-a-folder']],
  ['wickr-bulk status only\t', ['status', 'only-a-folder']],
  ['wickr-bulk help exit\t', ['help', 'exit-codes']],
  // Nothing but a person knows a rate: no file is offered for it.
  ['wickr-bulk update --rate two\t', ['update', '--rate', 'two']],
];

const asFunction = 'wickr-bulk() { printf "WORDS"; printf "<%s>" "$@"; printf "END\\n"; }; source ./script';
const shells = {
  bash: { start: 'bash --norc --noprofile -i', first: asFunction },
  zsh: { start: 'zsh -f -i', first: `autoload -Uz compinit; compinit -D -u; ${asFunction}` },
  fish: {
    start: 'fish --no-config -i',
    first: 'function wickr-bulk; printf WORDS; printf "<%s>" $argv; printf "END\\n"; end; source ./script',
  },
};
type Shell = keyof typeof shells;

const has = (command: string) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

/** Types the lines on a terminal of the shell; gives the words of each, however the shell parts a flag from its value. */
async function type(shell: Shell): Promise<string[][]> {
  const { start, first } = shells[shell];
  await mkdir(place.path('only-a-folder'));
  await writeFile(place.path('two words.csv'), '');
  await writeFile(place.path('only-a-file'), '');
  await writeFile(place.path('script'), scripts.get(shell) ?? '');
  const child = spawn('script', ['-qfec', start, '/dev/null'], {
    cwd: place.folder,
    env: { PATH: process.env.PATH, HOME: place.folder, TERM: 'xterm', LANG: 'C.UTF-8' },
  });
  let seen = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    seen += text;
  });
  child.stdin.end(`${[first, ...typed.map(([line]) => line), 'exit'].join('\n')}\n`);
  await once(child, 'close');
  return [...seen.matchAll(/WORDS(<.*>)END/g)].map(([, words = '']) =>
    words
      .slice(1, -1)
      .split(/><|=/)
      .map((word) => word.replace(/\/$/, '')),
  );
}

describe('TAB completes commands, flags, values, files and folders', () => {
  for (const shell of Object.keys(shells) as Shell[]) {
    const missing = [shell, 'script'].filter((command) => !has(command));
    const reason = missing.length > 0 ? ` (skipped: there is no ${missing.join(' and no ')} here)` : '';
    it.skipIf(missing.length > 0)(`in ${shell}${reason}`, async () => {
      expect(await type(shell)).toEqual(typed.map(([, words]) => words));
    });
  }
});

it('no script lacks a command or a flag', async () => {
  for (const [command, flags] of await helpTexts()) {
    for (const [shell, script] of scripts) {
      const spelt = (flag: string) => (shell === 'fish' ? `-l ${flag.slice(2)} ` : flag);
      expect([shell, [command, ...flags.map(spelt)].filter((word) => !script.includes(word))]).toEqual([
        shell,
        [],
      ]);
    }
  }
});

it('each command has a manual page with its flags, which man understands', async () => {
  await run(['man', '--out', place.path('man1')]);
  const texts = await helpTexts();
  expect(texts.size).toBeGreaterThan(10);
  const names = [...texts.keys()].map((command) => `wickr-bulk-${command}.1`);
  expect((await readdir(place.path('man1'))).sort()).toEqual(['wickr-bulk.1', ...names].sort());
  for (const [command, flags] of texts) {
    const page = (await place.read(`man1/wickr-bulk-${command}.1`)).replaceAll('\\-', '-');
    expect([command, flags.filter((flag) => !page.includes(`\\fB${flag}\\fR`))]).toEqual([command, []]);
  }
  if (!has('man')) return;
  // As `man ./page` does, and without a pager.
  const { stdout, stderr } = spawnSync('man', ['-P', 'cat', place.path('man1/wickr-bulk-update.1')], {
    env: { PATH: process.env.PATH, MANWIDTH: '80', LANG: 'C.UTF-8' },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^ {7}--network-id id$/m);
});

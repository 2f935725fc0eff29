/** The files that a story's runs read. */
import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RowsInput, UserUpdate } from '../../src/index.js';
import type { Story, Wish } from './story.js';

export class Input {
  readonly #story: Story;
  readonly #folder: string;
  #path: string | undefined;

  constructor(story: Story, folder: string) {
    this.#story = story;
    this.#folder = folder;
  }

  /** The input as the story wants it: a file, made once, or objects. */
  open(): RowsInput {
    const { input, wishes } = this.#story;
    if (input === 'objects') return wishes.map(rowOf) as UserUpdate[];
    if (this.#path === undefined) {
      this.#path = join(this.#folder, `input.${input}`);
      writeFileSync(this.#path, input === 'csv' ? csvOf(wishes) : jsonlOf(wishes));
    }
    return this.#path;
  }

  /** The path of the list of users never to be changed. */
  exclusions(): string | undefined {
    const { excluded } = this.#story;
    if (excluded.length === 0) return undefined;
    const path = join(this.#folder, 'excluded.txt');
    writeFileSync(path, `${excluded.join('\n')}\n`);
    return path;
  }

  /** Somebody writes other values into the file, as many bytes, and gives it its time back. */
  tamper(wish: number): void {
    const values = Object.values(this.#story.wishes[wish]?.details ?? {}).flat();
    if (this.#path === undefined) return;
    const { atime, mtime } = statSync(this.#path);
    let text = readFileSync(this.#path, 'utf8');
    for (const value of values) text = text.replaceAll(String(value), `X${String(value).slice(1)}`);
    writeFileSync(this.#path, text);
    utimesSync(this.#path, atime, mtime);
  }
}

const rowOf = ({ userId, lookupUsername, details }: Wish) => ({
  ...(lookupUsername === undefined ? { userId } : { lookupUsername }),
  ...details,
});

const jsonlOf = (wishes: readonly Wish[]): string =>
  wishes.map((wish) => `${JSON.stringify(rowOf(wish))}\n`).join('');

const columns = [
  'userId',
  'lookupUsername',
  'firstName',
  'lastName',
  'username',
  'securityGroupIds',
] as const;

function csvOf(wishes: readonly Wish[]): string {
  const lines = wishes.map((wish) => {
    const row: Record<string, unknown> = rowOf(wish);
    return columns.map((name) => [row[name] ?? ''].flat().join(';')).join(',');
  });
  return `${columns.join(',')}\n${lines.map((line) => `${line}\n`).join('')}`;
}

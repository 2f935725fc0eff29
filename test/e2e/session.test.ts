/** The picture of a session in the README: it shows what the command prints in a terminal, and nothing of this machine. */
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { screenPicture, textOf } from '../../packaging/screen-picture.js';
import { recordSession, sessionPicture, typed } from '../../packaging/session.js';
import { isLong } from '../length.js';

const picture = await readFile(new URL('../../docs/session.svg', import.meta.url), 'utf8');
const hasTmux = spawnSync('tmux', ['-V']).status === 0;

/** Without times, and what depends on how busy the machine is. */
const masked = (svg: string) =>
  textOf(svg)
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/^( *time ).*$/gm, '$1T')
    .replace(/^\d+ requests, .*$/gm, 'N requests');

describe('the picture of a session', () => {
  it('has each command that is typed, and no path or name of a machine', () => {
    const commands = typed.map(([text]) => text).filter((text) => text.startsWith('wickr-bulk '));
    expect(textOf(picture).match(/(?<=^\$ ).*$/gm)).toEqual(commands);
    const paths = textOf(picture).match(/(?<=\s)\/\w+\/\w+/g) ?? [];
    expect([...new Set(paths)]).toEqual(['/home/jo']);
    expect(
      textOf(picture)
        .match(/[\w.]+@[\w.]+/g)
        ?.filter((name) => !/^user\d+@/.test(name)),
    ).toEqual([]);
  });

  const reason = hasTmux ? '' : ' (skipped: there is no tmux here)';
  it.runIf(isLong && hasTmux)(
    `shows what the terminal shows: \`npm run session\` makes it${reason}`,
    async () => {
      expect(masked(picture)).toBe(masked(sessionPicture(await recordSession())));
    },
  );
});

it('a screen becomes text in its colours', () => {
  const svg = screenPicture('\x1b[1m$ a <b>\x1b[0m & c\n\n  \x1b[32mgr\u00fcn\n\x1b[91m!', 'T & T');
  expect(textOf(svg)).toBe('$ a <b> & c\n  gr\u00fcn\n!');
  expect(svg).toContain('<title>T &amp; T</title>');
  expect(svg).toContain('textLength="92.4"><tspan font-weight="bold">$ a &lt;b&gt;</tspan> &amp; c</text>');
  expect(svg).toContain('y="72" textLength="50.4">  <tspan style="fill: #89d185">gr\u00fcn</tspan></text>');
  expect(svg).toContain('<tspan style="fill: #f48771">!</tspan>');
});

/** The flags as a reviewed contract: `npx vitest run test/e2e/help -u` writes them anew. */
import { expect, it } from 'vitest';
import { run } from './command.js';

it('every command has the flags that were agreed on', async () => {
  const { stdout, stderr } = await run(['--help']);
  expect(stderr).toBe('');
  const listed = stdout.slice(stdout.indexOf('\nChange users:'), stdout.indexOf('\nExamples:'));
  const commands = [...listed.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = '']) => name);
  expect(commands.length).toBeGreaterThan(10);
  const texts = [stdout];
  for (const command of commands) texts.push((await run([command, '--help'])).stdout);
  for (const topic of ['input', 'exit-codes', 'environment']) texts.push((await run(['help', topic])).stdout);
  const tooLong = texts.flatMap((text) => text.split('\n')).filter((line) => line.length > 80);
  expect(tooLong).toEqual([]);
  await expect(texts.join(`\n${'-'.repeat(80)}\n\n`)).toMatchFileSnapshot('help.txt');
});

/** The flags as a reviewed contract: `npx vitest run test/e2e/help -u` writes them anew. */
import { describe, expect, it } from 'vitest';
import { commandLine } from '../../src/cli/command-line.js';
import { topicText } from '../../src/cli/help/topics.js';
import { firstOf } from '../length.js';
import { run } from './command.js';

const program = commandLine();
/** Those that its help lists. */
const commands = program.createHelp().visibleCommands(program);
const helpOf = (command: typeof program): string => {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
    getOutHelpWidth: () => 80,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text;
};

it('every command has the flags that were agreed on', async () => {
  const texts = [program, ...commands].map(helpOf);
  expect(texts.length).toBeGreaterThan(11);
  for (const topic of ['input', 'exit-codes', 'environment']) texts.push(topicText(topic) ?? '');
  const tooLong = texts.flatMap((text) => text.split('\n')).filter((line) => line.length > 80);
  expect(tooLong).toEqual([]);
  await expect(texts.join(`\n${'-'.repeat(80)}\n\n`)).toMatchFileSnapshot('help.txt');
});

it.each([program, ...commands].map((command) => [command.name(), command] as const))(
  'that of %s shows an example',
  (_name, command) => expect(helpOf(command)).toMatch(/Examples?:\n {2}.*wickr-bulk /),
);

describe('the command prints it', () => {
  const lines: readonly (readonly [args: readonly string[], text: string | undefined])[] = [
    [['--help'], helpOf(program)],
    [['help', 'exit-codes'], topicText('exit-codes')],
    ...commands.map((command) => [[command.name(), '--help'], helpOf(command)] as const),
  ];
  it.each(firstOf(3, lines))('%j', async (args, stdout) => {
    expect(await run(args)).toEqual({ code: 0, stdout, stderr: '' });
  });
});

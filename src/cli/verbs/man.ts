import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { unwritable } from '../../disk.js';
import { unknownCommand } from '../help/usage-errors.js';

/** `wickr-bulk man [COMMAND]` */
export function addMan(program: Command): void {
  program
    .command('man')
    .description('Print the manual page of a command, or write all pages into a folder.')
    .argument('[command]', 'default: wickr-bulk itself')
    .option('--out <dir>', 'write all pages into this folder, which is made if there is none')
    // For `docs/reference.md`.
    .addOption(new Option('--markdown', 'print the reference of all commands in Markdown').hideHelp())
    .addHelpText(
      'after',
      `
Examples:
  wickr-bulk man update | man -l -
  wickr-bulk man --out ~/.local/share/man/man1`,
    )
    .action(async (name: string | undefined, { out, markdown }: { out?: string; markdown?: true }) => {
      if (markdown) return void process.stdout.write(await reference(program));
      const pages = await manPages(program);
      if (out !== undefined) return writePages(out, pages);
      const page = pages.get(name === undefined ? 'wickr-bulk' : `wickr-bulk-${name}`);
      if (page === undefined) throw unknownCommand(name ?? '', program);
      process.stdout.write(page);
    });
}

/** By the name of the page. */
async function manPages(program: Command): Promise<ReadonlyMap<string, string>> {
  const { commandFacts, moreHelp } = await import('../help/command-facts.js');
  const { commandPage, programPage } = await import('../help/man-page.js');
  const commands = commandFacts(program);
  return new Map([
    ['wickr-bulk', programPage(program.description(), commands, moreHelp(program))],
    ...commands.map((command) => [`wickr-bulk-${command.name}`, commandPage(command)] as const),
  ]);
}

async function reference(program: Command): Promise<string> {
  const { commandFacts } = await import('../help/command-facts.js');
  const { referencePage } = await import('../help/reference-page.js');
  return referencePage(commandFacts(program));
}

async function writePages(folder: string, pages: ReadonlyMap<string, string>): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, page] of pages) await writeFile(join(folder, `${name}.1`), page);
  } catch (cause) {
    throw unwritable(folder, cause);
  }
  process.stderr.write(`${pages.size} pages in ${folder}\n`);
}

/** The reference of all commands in Markdown, from the same facts as completion and manual pages. */
import type { ArgumentFacts, CommandFacts, FlagFacts } from './command-facts.js';
import { exitCodeMeanings } from './exit-codes-topic.js';
import { topicText } from './topics.js';

/** `docs/reference.md` as it has to be. */
export function referencePage(commands: readonly CommandFacts[]): string {
  const headings = [...new Set(commands.map(({ heading }) => heading))];
  return `${[
    '# Reference',
    '<!-- Made by `npm run docs` from the table of options. Do not edit. -->',
    'All commands with their options, as `wickr-bulk COMMAND --help` lists them.',
    [
      ...commands.map(({ name, help }) => `- [\`wickr-bulk ${name}\`](#wickr-bulk-${name}): ${prose(help)}`),
      '- [Exit codes](#exit-codes)',
      '- [Variables](#variables)',
      '- [Input in short](#input-in-short)',
    ].join('\n'),
    ...headings.flatMap((heading) => [
      `## ${withoutColon(heading)}`,
      ...commands.filter((command) => command.heading === heading).flatMap(commandParts),
    ]),
    '## Exit codes',
    table(
      ['code', 'meaning'],
      exitCodeMeanings.map(([code, meaning]) => [String(code), prose(meaning)]),
    ),
    '## Variables',
    verbatim(bodyOf('environment')),
    '## Input in short',
    verbatim(bodyOf('input')),
  ].join('\n\n')}\n`;
}

function commandParts({ name, help, args, flags, more }: CommandFacts): string[] {
  const headings = [...new Set(flags.map(({ heading }) => heading))];
  return [
    `### wickr-bulk ${name}`,
    prose(help),
    verbatim(['wickr-bulk', name, '[options]', ...args.map(synopsis)].join(' ')),
    ...(args.length > 0
      ? [
          table(
            ['argument', 'meaning'],
            args.map((argument) => [code(argument.name), prose(argument.help)]),
          ),
        ]
      : []),
    ...headings.map((heading) =>
      table(
        [withoutColon(heading).toLowerCase(), 'meaning'],
        flags.filter((flag) => flag.heading === heading).map(flagLine),
      ),
    ),
    ...(more === '' ? [] : [verbatim(more)]),
  ];
}

const synopsis = ({ name, isNeeded }: ArgumentFacts): string => (isNeeded ? `<${name}>` : `[${name}]`);

function flagLine({ names, value, help }: FlagFacts): string[] {
  const [last = '', ...others] = [...names].reverse();
  return [
    [...others.reverse(), value === undefined ? last : `${last} <${value}>`].map(code).join(', '),
    prose(help),
  ];
}

const table = (header: readonly string[], lines: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const withoutColon = (heading: string): string => heading.replace(/:$/, '');

/** A topic without its title. */
const bodyOf = (topic: string): string => (topicText(topic) ?? '').split('\n').slice(2).join('\n').trimEnd();

const verbatim = (text: string): string => `\`\`\`text\n${text}\n\`\`\``;

const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;

/** Text of which Markdown takes nothing for a sign of its own. */
const prose = (text: string): string =>
  text
    .replaceAll(/[\\|*_`[\]]/g, '\\$&')
    .replaceAll('<', '&lt;')
    .replaceAll('\n', ' ');

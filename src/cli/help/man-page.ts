/** Manual pages, in the macros of man(7), which every system's man reads. */
import { version } from '../../version.js';
import type { CommandFacts, FlagFacts } from './command-facts.js';
import { exitCodeMeanings } from './exit-codes-topic.js';
import { topicText } from './topics.js';

/** The page of the program. */
export function programPage(description: string, commands: readonly CommandFacts[], more: string): string {
  const headings = [...new Set(commands.map(({ heading }) => heading))];
  return page('wickr-bulk', description, [
    section('SYNOPSIS', '.B wickr\\-bulk\n.I command\n[\\fIoptions\\fR]'),
    section('DESCRIPTION', roff(description)),
    section(
      'COMMANDS',
      ...headings.map((heading) =>
        [
          `.SS ${roff(heading.replace(/:$/, ''))}`,
          ...commands
            .filter((command) => command.heading === heading)
            .map(({ name, help }) => `.TP\n.BR wickr\\-bulk\\-${roff(name)} (1)\n${roff(help)}`),
        ].join('\n'),
      ),
    ),
    section('FILES', verbatim(bodyOf('input'))),
    section('EXIT STATUS', ...exitStatus()),
    section('ENVIRONMENT', verbatim(bodyOf('environment'))),
    section('MORE', verbatim(more)),
  ]);
}

/** The page of one command. */
export function commandPage({ name, help, args, flags, more }: CommandFacts): string {
  const synopsis = [
    `.B wickr\\-bulk ${roff(name)}`,
    '[\\fIoptions\\fR]',
    ...args.map((argument) => {
      const text = `\\fI${roff(argument.name)}\\fR`;
      return argument.isNeeded ? text : `[${text}]`;
    }),
  ];
  const headings = [...new Set(flags.map(({ heading }) => heading))];
  return page(`wickr-bulk-${name}`, help, [
    section('SYNOPSIS', synopsis.join('\n')),
    section('DESCRIPTION', roff(help)),
    ...(args.length > 0
      ? [section('ARGUMENTS', ...args.map((each) => `.TP\n.I ${roff(each.name)}\n${roff(each.help)}`))]
      : []),
    section(
      'OPTIONS',
      ...headings.map((heading) =>
        [
          ...(heading === 'Options:' ? [] : [`.SS ${roff(heading.replace(/:$/, ''))}`]),
          ...flags.filter((flag) => flag.heading === heading).map(flagEntry),
        ].join('\n'),
      ),
    ),
    ...(more === '' ? [] : [section('NOTES', verbatim(more))]),
    section('EXIT STATUS', ...exitStatus()),
    section('SEE ALSO', '.BR wickr\\-bulk (1)'),
  ]);
}

function page(name: string, description: string, sections: readonly string[]): string {
  const short = description.replace(/\.$/, '');
  return `.\\" Made by "wickr-bulk man".
.TH "${name.toUpperCase()}" 1 "" "wickr\\-bulk ${version}" "wickr\\-bulk manual"
.nh
.ad l
.SH NAME
${roff(name)} \\- ${roff(short)}
${sections.join('\n')}
`;
}

const section = (title: string, ...parts: readonly string[]): string => `.SH ${title}\n${parts.join('\n')}`;

function flagEntry({ names, value, help }: FlagFacts): string {
  const spelt = names.map((name) => `\\fB${roff(name)}\\fR`).join(', ');
  return `.TP\n${spelt}${value === undefined ? '' : ` \\fI${roff(value)}\\fR`}\n${roff(help)}`;
}

const exitStatus = (): string[] =>
  exitCodeMeanings.map(([code, meaning]) => `.TP\n.B ${code}\n${roff(meaning)}`);

/** A topic without its title. */
const bodyOf = (topic: string): string => (topicText(topic) ?? '').split('\n').slice(2).join('\n').trimEnd();

/** Lines that stay as they are. */
const verbatim = (text: string): string => `.nf\n${text.split('\n').map(roff).join('\n')}\n.fi`;

/** Text that roff takes for text: no escapes, no requests, and hyphens that can be copied. */
const roff = (text: string): string =>
  text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/gm, '\\&$&');

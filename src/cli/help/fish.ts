import {
  type ArgumentFacts,
  type CommandFacts,
  type FlagFacts,
  inShort,
  type Offered,
} from './command-facts.js';

/** A script for fish 3 or newer. */
export const fishCompletion = (commands: readonly CommandFacts[]): string => `\
# Completes wickr-bulk in fish. Made by "wickr-bulk completion fish".

# Whether the command is this one; with no argument, whether there is none yet.
function __wickr_bulk_is
    set -l words (commandline -opc)
    set -e words[1]
    for word in $words
        if not string match -q -- '-*' $word
            test "$word" = "$argv"
            return
        end
    end
    test -z "$argv"
end

complete -c wickr-bulk -e
complete -c wickr-bulk -f
complete -c wickr-bulk -n __wickr_bulk_is -s v -l version -d 'print the version'
complete -c wickr-bulk -n __wickr_bulk_is -s h -l help -d 'print help'
${commands.map(({ name, help }) => `complete -c wickr-bulk -n __wickr_bulk_is -a ${name} -d ${quoted(help)}`).join('\n')}
${commands.map(commandLines).join('\n')}
`;

const commandLines = ({ name, args, flags }: CommandFacts): string => {
  const begin = `complete -c wickr-bulk -n '__wickr_bulk_is ${name}'`;
  const lines = [...args.map(argumentPart), ...flags.map(flagPart)];
  return lines.map((line) => `${begin} ${line}`).join('\n');
};

function argumentPart({ offered }: ArgumentFacts): string {
  return offered.kind === 'nothing' ? '-f' : offering(offered);
}

function flagPart({ names, value, help, offered }: FlagFacts): string {
  const spelt = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const wanted = value === undefined ? [] : [offered.kind === 'file' ? '-r' : '-x', offering(offered)];
  return [...spelt, ...wanted, `-d ${quoted(inShort(help))}`].filter(Boolean).join(' ');
}

function offering(offered: Offered): string {
  if (offered.kind === 'words') return `-a ${quoted(offered.words.join(' '))}`;
  return { file: '-F', folder: "-a '(__fish_complete_directories)'", nothing: '' }[offered.kind];
}

const quoted = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;

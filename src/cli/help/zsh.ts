import {
  type ArgumentFacts,
  type CommandFacts,
  type FlagFacts,
  inShort,
  type Offered,
} from './command-facts.js';

/** A script for zsh, to be sourced or to stand as `_wickr-bulk` in a folder of its `fpath`. */
export const zshCompletion = (commands: readonly CommandFacts[]): string => `\
#compdef wickr-bulk
# Completes wickr-bulk in zsh. Made by "wickr-bulk completion zsh".

_wickr-bulk() {
    local curcontext=$curcontext state line
    local -A opt_args
    local -a commands
    _arguments -C \\
        '(- *)'{-v,--version}'[print the version]' \\
        '(- *)'{-h,--help}'[print help]' \\
        '1:command:->command' \\
        '*::argument:->argument'
    case $state in
        command)
            commands=(
${commands.map(({ name, help }) => `                ${quoted(`${name}:${help}`)}`).join('\n')}
            )
            _describe -t commands command commands
            ;;
        argument)
            case $words[1] in
${commands.map(commandCase).join('\n')}
            esac
            ;;
    esac
}

# In a folder of fpath this file is the function itself; sourced, it has to say whose completion it is.
if [[ $funcstack[1] == _wickr-bulk ]]; then
    _wickr-bulk "$@"
else
    compdef _wickr-bulk wickr-bulk
fi
`;

function commandCase({ name, args, flags }: CommandFacts): string {
  const specs = [...flags.flatMap(flagSpecs), ...args.map(argumentSpec)];
  return `                ${name})\n                    _arguments \\\n${specs
    .map((spec) => `                        ${quoted(spec)}`)
    .join(' \\\n')}\n                    ;;`;
}

const flagSpecs = ({ names, value, help, isRepeatable, offered }: FlagFacts): string[] =>
  names.map((name) => {
    const about = `[${inShort(help).replace(/[[\]\\]/g, '\\$&')}]`;
    const once = isRepeatable ? '*' : names.length > 1 ? `(${names.join(' ')})` : '';
    return value === undefined
      ? `${once}${name}${about}`
      : `${once}${name}=${about}:${value}:${action(offered)}`;
  });

const argumentSpec = ({ name, offered }: ArgumentFacts, index: number): string =>
  `${index + 1}:${name}:${action(offered)}`;

/** A single blank offers nothing. */
function action(offered: Offered): string {
  if (offered.kind === 'words') return `(${offered.words.join(' ')})`;
  return { file: '_files', folder: '_files -/', nothing: ' ' }[offered.kind];
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

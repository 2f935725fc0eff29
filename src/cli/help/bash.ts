import { type CommandFacts, type Offered, programFlags } from './command-facts.js';

/** A script for bash 3.2 (which macOS has) or newer. File names are left to readline, which quotes them. */
export const bashCompletion = (commands: readonly CommandFacts[]): string => `\
# Completes wickr-bulk in bash. Made by "wickr-bulk completion bash".

# Without matches of its own, bash completes file names, unless this is called.
# Only a bash older than 4 cannot do it.
__wickr_bulk_no_files() {
    compopt +o default 2>/dev/null
}

__wickr_bulk_folders() {
    compopt +o default -o dirnames 2>/dev/null
}

__wickr_bulk_words() {
    __wickr_bulk_no_files
    COMPREPLY=($(compgen -W "$1" -- "$cur"))
    COMPREPLY=("\${COMPREPLY[@]/#/$prefix}")
}

_wickr_bulk() {
    local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} prefix='' command='' i
    COMPREPLY=()
    # --flag=value is three words, or one if "=" parts none.
    if [[ $cur == = ]]; then
        cur=''
    elif [[ $prev == = && COMP_CWORD -gt 1 ]]; then
        prev=\${COMP_WORDS[COMP_CWORD-2]}
    elif [[ $cur == --*=* ]]; then
        prev=\${cur%%=*} prefix=\${cur%%=*}= cur=\${cur#*=}
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        if [[ \${COMP_WORDS[i]} != -* ]]; then
            command=\${COMP_WORDS[i]}
            break
        fi
    done
    case $command in
        '')
            __wickr_bulk_words '${[...commands.map(({ name }) => name), ...programFlags].join(' ')}'
            ;;
${commands.map(commandCase).join('\n')}
    esac
}

complete -o default -F _wickr_bulk wickr-bulk
`;

function commandCase({ name, args, flags }: CommandFacts): string {
  const values = flags.filter(({ value }) => value !== undefined);
  const cases = values.map(
    ({ names, offered }) => `                ${names.join('|')}) ${action(offered)}; return ;;`,
  );
  const names = flags.flatMap((flag) => flag.names.filter((each) => each.startsWith('--')));
  const [argument] = args;
  return `\
        ${name})
            case $prev in
${cases.join('\n')}
            esac
            if [[ $cur == -* ${argument ? '' : '|| -z $cur '}]]; then
                __wickr_bulk_words '${names.join(' ')}'
            else
                ${action(argument?.offered ?? { kind: 'nothing' })}
            fi
            ;;`;
}

function action(offered: Offered): string {
  if (offered.kind === 'words') return `__wickr_bulk_words '${offered.words.join(' ')}'`;
  return { file: ':', folder: '__wickr_bulk_folders', nothing: '__wickr_bulk_no_files' }[offered.kind];
}

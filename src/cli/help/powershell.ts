import { type CommandFacts, inShort, type Offered, programFlags } from './command-facts.js';

/** A script for PowerShell 5.1 or newer. It was written without one to try it in, and says so. */
export const powershellCompletion = (commands: readonly CommandFacts[]): string => `\
# Completes wickr-bulk in PowerShell. Made by "wickr-bulk completion powershell".
# It has not been tried in a PowerShell yet: please report what does not work.

Register-ArgumentCompleter -Native -CommandName 'wickr-bulk' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # Of each command: what it does, what its argument and its flags offer. $null is a file name, which PowerShell
    # completes by itself.
    $commands = [ordered]@{
${commands.map(entry).join('\n')}
    }

    $before = @($commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        Select-Object -Skip 1 |
        ForEach-Object { $_.ToString() })
    $command = $before | Where-Object { $_ -notlike '-*' } | Select-Object -First 1
    $offer = {
        param($words, $type, $help)
        $words | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
            $about = if ($help -and $help[$_]) { $help[$_] } else { $_ }
            [System.Management.Automation.CompletionResult]::new($_, $_, $type, $about)
        }
    }

    if (-not $command) {
        $help = @{}
        foreach ($name in $commands.Keys) { $help[$name] = $commands[$name].Help }
        & $offer (@($commands.Keys) + @(${programFlags.map(quoted).join(', ')})) 'ParameterValue' $help
        return
    }
    if (-not $commands.Contains($command)) { return }
    $facts = $commands[$command]
    $last = $before | Select-Object -Last 1
    if ($facts.Values.ContainsKey($last)) {
        & $offer $facts.Values[$last] 'ParameterValue'
    } elseif ($wordToComplete -like '-*') {
        & $offer @($facts.Flags.Keys) 'ParameterName' $facts.Flags
    } else {
        & $offer $facts.Argument 'ParameterValue'
    }
}
`;

function entry({ name, help, args, flags }: CommandFacts): string {
  const long = flags.map((flag) => ({
    ...flag,
    name: flag.names.find((each) => each.startsWith('--')) ?? '',
  }));
  const about = long.map((flag) => `                ${quoted(flag.name)} = ${quoted(inShort(flag.help))}`);
  const values = long
    .filter(({ value }) => value !== undefined)
    .map((flag) => `                ${quoted(flag.name)} = ${words(flag.offered)}`);
  return `\
        ${quoted(name)} = @{
            Help = ${quoted(help)}
            Argument = ${args[0] ? words(args[0].offered) : '$null'}
            Flags = [ordered]@{
${about.join('\n')}
            }
            Values = @{
${values.join('\n')}
            }
        }`;
}

const words = (offered: Offered): string =>
  offered.kind === 'words' ? `@(${offered.words.map(quoted).join(', ')})` : '$null';

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** How the command names what the library's messages name: its flags and its verbs. */

/** Options that are a flag of the same name. */
const options = [
  ...['networkId', 'format', 'limit', 'delimiter', 'encoding', 'skipRows', 'ignoreUnknownColumns', 'map'],
  ...['mapFile', 'set', 'where', 'exclude', 'singleGroup', 'allowDuplicates', 'skipInvalid'],
  ...['region', 'profile', 'endpointUrl', 'allowHttp', 'useFipsEndpoint', 'useDualstackEndpoint'],
  ...['includeBots', 'includeSuspended', 'allowTemporaryNames', 'skipRenameCheck', 'network'],
  ...['skipUnchanged', 'keepBefore', 'verify', 'canary', 'out', 'reportFormat', 'securityGroup', 'status'],
  ...['rate', 'maxRate', 'concurrency', 'maxAttempts', 'timeout', 'throttlePatience', 'outagePatience'],
  ...['maxErrors', 'maxChanges', 'maxRenames', 'maxGroupDrain', 'minRows', 'maxShrink', 'maxAge'],
];

const flags: Readonly<Record<string, string>> = {
  ...Object.fromEntries(options.map((name) => [name, flagOf(name)])),
  input: 'INPUT',
  folder: '--out',
};

const verbs: Readonly<Record<string, string>> = {
  updateUsers: 'update',
  planUpdate: 'plan',
  applyPlan: 'apply',
  reconcileUsers: 'reconcile',
  undoRun: 'undo',
  resumeRun: 'resume',
  retryRun: 'retry',
  readRunStatus: 'status',
  validateInput: 'validate',
  exportUsers: 'export',
  writeTemplate: 'template',
};

/** What the command has for an option or a function of the library; undefined if it has nothing of that name. */
export function commandName(name: string): string | undefined {
  if (Object.hasOwn(verbs, name)) return `"wickr-bulk ${verbs[name]}"`;
  // The library's times are in milliseconds and say so; the flags' are in seconds.
  const flag = name.replace(/Ms$/, '');
  return Object.hasOwn(flags, flag) ? flags[flag] : undefined;
}

/** `maxChanges` as `--max-changes`. */
export function flagOf(option: string): string {
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

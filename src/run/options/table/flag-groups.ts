/** The groups in which help, man pages and completion list flags. */

/** The heading of each group, in the order of `--help`: what most people need first. */
export const flagGroups = {
  common: 'Options:',
  reading: 'Reading the file:',
  rows: 'Choosing and changing rows:',
  users: 'Finding users:',
  safety: 'Safety:',
  service: 'Reaching the service:',
  run: 'The run and its report:',
  pace: 'Pace and retry:',
  screen: 'Screen and log:',
} as const;

export type FlagGroup = keyof typeof flagGroups;

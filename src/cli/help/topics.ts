/** The topics of `wickr-bulk help TOPIC`. */
import { variables } from '../flags.js';
import { exitCodeMeanings } from './exit-codes-topic.js';
import { definitions, wrapped } from './layout.js';

/** What a row can hold, for the topic and for `template`. */
export const columnsText = definitions([
  ['networkId', 'eight digits, the same in every row; or leave it out and give --network-id'],
  ['userId', 'of the user: up to ten digits, a leading zero counts'],
  ['lookupUsername', 'instead of userId: the username that the user has now'],
  ['firstName', 'the new first name, exactly as it stands there'],
  ['lastName', 'the new last name, likewise'],
  ['username', 'the new username, likewise'],
  ['securityGroupIds', 'the IDs of all groups that the user has from now on, ";" between'],
  ['securityGroupNames', "instead of IDs: the groups' names"],
  ['inviteCode', 'on preview networks only'],
  ['inviteCodeTtl', 'days; on preview networks only'],
  ['codeValidation', 'true or false; on preview networks only'],
]);

const input = () => `The input: one row for each user

A file is .csv, .tsv, .jsonl, .ndjson, a workbook (.xlsx), or .json with a list
of objects. Each may be compressed (.gz). "-" is standard input, and needs
--format.

Columns of a CSV file, keys of a JSONL row:
${columnsText}

A row has userId or lookupUsername, and at least one value to change. A blank
cell, in JSONL a key that is not there, leaves the value as it is. Column names
match regardless of case, spaces and punctuation.

The whole file is checked first. If a row is invalid, nothing is sent and the
exit code is 2; --skip-invalid sends the other rows.

Files with other columns:
  --map auto                          what HR files call names and e-mail
  --map "Work Email=lookupUsername"   read a column as this field
  --map "Cost Centre=ignore"          leave a column out
  --set securityGroupNames=Sales      this value in every row
  --where Department=Sales            only the rows with this value

Examples:
  wickr-bulk template --out users.csv
  wickr-bulk validate users.csv --network-id 12345678
`;

const exitCodes = () => `Exit codes: how a command ended

${definitions(exitCodeMeanings.map(([code, meaning]) => [String(code).padStart(3), meaning]))}

After a signal, rows that are on their way finish and are reported. The last
lines on the screen name the command that continues the run. With --json,
standard output has the code as "exitCode".

Example:
  wickr-bulk update users.csv --network-id 12345678 --json > summary.json ||
    echo "ended with $?"
`;

const environment = () => {
  const { names, without } = variables();
  return `Environment variables

Of AWS, as the AWS CLI reads them:
${definitions([
  ['AWS_PROFILE', 'the profile of the shared files; before it: --profile'],
  ['AWS_REGION', 'the region; before it: --region, after it: AWS_DEFAULT_REGION, the profile'],
  ['AWS_ACCESS_KEY_ID', 'with AWS_SECRET_ACCESS_KEY and, if temporary, AWS_SESSION_TOKEN: keys'],
  ['AWS_CONFIG_FILE', 'in place of ~/.aws/config'],
  ['AWS_SHARED_CREDENTIALS_FILE', 'in place of ~/.aws/credentials'],
  ['AWS_ENDPOINT_URL_WICKR', "in place of AWS's own endpoint; before it: --endpoint-url"],
  ['AWS_CA_BUNDLE', 'a PEM file: the only certificate authorities to trust'],
])}

Of the system:
${definitions([
  ['HTTPS_PROXY, NO_PROXY', 'the proxy, and the hosts that are reached without it'],
  ['XDG_STATE_HOME', 'where locks and found rates are kept (default: ~/.local/state)'],
  ['NO_COLOR', 'no colours, if it is not empty'],
  ['FORCE_COLOR', 'colours also in a file or a pipe; none if it is 0 or false'],
  ['PAGER', 'shows a plan that is longer than the terminal (default: less); none if empty'],
])}

For each flag there is a variable. The flag goes first, then the variable. A
switch takes true or false. A flag that is repeatable takes a list in JSON:
  export WICKR_BULK_WHERE='["Department=Sales"]'

${wrapped([...names].sort(), 2)}

These flags have none. They switch a safety off, or decide what a single run
may do, and a forgotten variable must not do that:
${wrapped([...without].sort(), 2)}
`;
};

const topics = { input, 'exit-codes': exitCodes, environment };

export const helpTopics = Object.keys(topics) as readonly (keyof typeof topics)[];

/** The text of a topic; undefined for an unknown one. */
export const topicText = (name: string): string | undefined =>
  Object.hasOwn(topics, name) ? topics[name as keyof typeof topics]() : undefined;

/** A sample of the input, with every column that there is. */
import type { Format } from '../input/source/format.js';
import { formatOfOutput, type Output, writeOutput } from './output-file.js';

const csv = `networkId,userId,lookupUsername,firstName,lastName,username,securityGroupIds,securityGroupNames,inviteCode,inviteCodeTtl,codeValidation
12345678,10000001,,Zoë,O'Brien,,q7RtZ2wL,,,,
12345678,,jose.garcia@example.com,José,"García, Jr.",jose.garcia-jr@example.com,,EMEA,,,
12345678,10000003,,,,,,,A1B2C3D4,7,true
`;

const jsonl = `{"networkId":"12345678","userId":"10000001","firstName":"Zoë","lastName":"O'Brien","securityGroupIds":["q7RtZ2wL"]}
{"networkId":"12345678","lookupUsername":"jose.garcia@example.com","firstName":"José","lastName":"García, Jr.","username":"jose.garcia-jr@example.com","securityGroupNames":["EMEA"]}
{"networkId":"12345678","userId":"10000003","inviteCode":"A1B2C3D4","inviteCodeTtl":7,"codeValidation":true}
`;

/** What `writeTemplate` takes. */
export interface TemplateOptions {
  /** Default: by the file's name, else `csv`. */
  format?: Format;
}

/**
 * Writes rows that are an input as they stand, for a network and users that are made up.
 *
 * @param out the path of a file that does not exist, or a function that takes the text
 * @throws UsageError if the name does not tell the format or the file exists, RunFolderError if it cannot be written
 */
export async function writeTemplate(out: Output, { format }: TemplateOptions = {}): Promise<void> {
  const text = formatOfOutput(out, format) === 'csv' ? csv : jsonl;
  await writeOutput(out, (take) => take(text));
}

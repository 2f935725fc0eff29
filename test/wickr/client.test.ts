import { expect, it } from 'vitest';
import { createClient } from '../../src/wickr/client.js';
import type { HttpAnswer, NoAnswer } from '../../src/wickr/send.js';

const command = { networkId: '12345678', userId: '1', details: { firstName: 'A' } };
const noHost: NoAnswer = { code: 'ENOTFOUND', message: 'the host name is unknown' };
const busy: HttpAnswer = { status: 503, headers: {}, body: '' };

it.each<[string, (HttpAnswer | NoAnswer)[], string[]]>([
  ['before any answer: no row can get through', [noHost], ['unreachable']],
  ['after an answer, whichever: the network may recover', [busy, noHost], ['transient', 'transient']],
  ['other errors of the connection may pass', [{ code: 'EAI_AGAIN', message: '' }], ['transient']],
])('an unknown host %s', async (_case, answers, kinds) => {
  const coming = answers.values();
  const client = createClient({
    send: async () => coming.next().value ?? busy,
    close: async () => {},
  });
  for (const kind of kinds) {
    expect((await client.updateUser(command)).result).toMatchObject({ failure: { kind } });
  }
});

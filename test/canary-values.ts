/** People whose values stand out, and a service that repeats all that it knows of them. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Emulator } from '../src/emulator/server.js';

/** None of it may be shown, in any spelling. The session token is that of the caller, as the two keys are. */
export const keys = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY99',
  sessionToken: `FwoGZXIvYXdzEJr${'x7Qm2Zt9'.repeat(12)}`,
};

interface Person {
  readonly userId: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly username: string;
}

/** Whom the rows mean, as they were and as they are to be. */
export const former: readonly Person[] = [
  { userId: '10000001', firstName: "Xo'lotlin", lastName: 'Wexquith', username: 'jqvkmzp@example.com' },
  { userId: '10000002', firstName: 'Ubbekwast', lastName: 'Ghyrmond', username: 'hwxdkqu@example.com' },
];
export const wanted: readonly Person[] = [
  { userId: '10000001', firstName: "Qu'xanne", lastName: 'Vorzblatt', username: 'zyxwvut@example.com' },
  { userId: '10000002', firstName: "Pli'ngroth", lastName: 'Kwyjibova', username: 'mwqzxel@example.com' },
];
/** What `--where`, `--set` and `--exclude` name. */
export const conditions = { where: 'Zillworks', set: 'Ttyrelnym', excluded: 'ckzqprv@example.com' };

const valuesOf = ({ firstName, lastName, username }: Person) => [firstName, lastName, username];

/** A value as services and proxies write it. */
export const spellingsOf = (value: string): string[] => {
  const apostrophes = ['\u2019', '%27', '&#39;', '&#x27;', '&apos;', '\\u0027'];
  return [
    value,
    value.toUpperCase(),
    ...(value.includes("'") ? apostrophes.map((one) => value.replace("'", one)) : []),
    `${value.slice(0, 5)}...`,
    encodeURIComponent(value),
    Buffer.from(value).toString('base64'),
    [...Buffer.from(value)].map((byte) => `%${byte.toString(16)}`).join(''),
    [...value].map((character) => `&#${character.codePointAt(0)};`).join(''),
  ];
};

/** What no text may hold, in lower case. The beginning of a value is none of its other spellings. */
export const forbidden: readonly string[] = [
  ...[...former, ...wanted].flatMap(valuesOf),
  ...Object.values(conditions),
]
  .flatMap((value) => [value.slice(0, 5), ...spellingsOf(value)])
  .concat(Object.values(keys))
  .map((text) => text.toLowerCase());

/** What of it a text holds, each with what stands before it. */
export const leaked = (text: string): string[] => {
  const lower = text.toLowerCase();
  return forbidden.flatMap((value) => {
    const at = lower.indexOf(value);
    return at === -1 ? [] : [lower.slice(Math.max(0, at - 60), at + value.length)];
  });
};

/** A service in front of an emulator: it passes everything on, or refuses each update with all it knows. */
export class Gossip {
  isRefusing = false;
  url = '';
  readonly #emulator: Emulator;
  readonly #server = createServer((from, to) => this.#answer(from, to));
  #answers = 0;

  constructor(emulator: Emulator) {
    this.#emulator = emulator;
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(from: IncomingMessage, to: ServerResponse): void {
    if (!this.isRefusing || from.method !== 'PATCH') {
      this.#passOn(from, to);
      return;
    }
    let body = '';
    from.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    from.on('end', () => {
      this.#answers += 1;
      const { userId } = JSON.parse(body) as { userId: string };
      this.#refuse(userId, to);
    });
  }

  #passOn(from: IncomingMessage, to: ServerResponse): void {
    const { method, url, headers } = from;
    const onward = request(new URL(url ?? '/', this.#emulator.url), { method, headers }, (answer) => {
      to.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(to);
    });
    from.pipe(onward);
  }

  /** Each answer has another name for the error and the fields: a value, a key, or one with something around it. */
  #refuse(userId: string, to: ServerResponse): void {
    const people = [...former, ...wanted].filter((person) => person.userId === userId);
    const values = people.flatMap(valuesOf);
    const names = [...values, ...Object.values(keys)].map((value) => value.replace(/@.*|'/g, ''));
    names.push(`${names[5]}Error`);
    const name = names[this.#answers % names.length];
    const spellings = values.flatMap(spellingsOf).concat(Object.values(keys));
    const [perReason, reasons] = [Math.ceil(spellings.length / 10), [] as object[]];
    while (spellings.length > 0)
      reasons.push({
        field: name,
        reason: `it was ${spellings.splice(0, perReason).join(', then ')} before`,
      });
    to.writeHead(422, { 'x-amzn-errortype': name, 'x-amzn-requestid': `${name}7` });
    const message = `not ${values.join(', not ')} for ${keys.sessionToken}`;
    to.end(JSON.stringify({ code: name, __type: name, message, reasons }));
  }
}

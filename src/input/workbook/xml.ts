/** XML that may have been made to do harm, as events. Nothing that it refers to is fetched, and no entities are its own. */
import { TextDecoder } from 'node:util';
import { SaxesParser } from 'saxes';
import { InputError } from '../../errors.js';
import { damagedWorkbook, tooLargePart } from './workbook-errors.js';

export interface XmlEvents {
  /** @param name without its prefix */
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  /** May come in pieces. */
  text?(text: string): void;
  close(name: string): void;
}

/** Characters without an event: some large text, or what makes a parser hold on to ever more. */
const MOST_WITHOUT_EVENT = 4 * 1024 ** 2;
const MOST_DEPTH = 100;

/**
 * Tells the events of each chunk, and yields then, so that what they have made can be handed on.
 *
 * @param chunks in UTF-8, or in UTF-16 with its byte order mark
 * @throws InputError if it is not well-formed, or has a DOCTYPE
 */
export async function* parseXml(
  chunks: AsyncIterable<Buffer>,
  events: XmlEvents,
): AsyncGenerator<void, void, undefined> {
  const feed = parserOf(events);
  let decoder: TextDecoder | undefined;
  for await (const chunk of chunks) {
    decoder ??= decoderFor(chunk);
    feed(decode(decoder, chunk));
    yield;
  }
  feed(decode(decoder ?? new TextDecoder(), undefined));
  feed(null);
  yield;
}

/** For small parts: all of it at once. */
export async function readXml(chunks: AsyncIterable<Buffer>, events: XmlEvents): Promise<void> {
  for await (const _ of parseXml(chunks, events));
}

function parserOf(events: XmlEvents): (text: string | null) => void {
  const parser = new SaxesParser({ position: false, xmlns: false });
  let silence = 0;
  let depth = 0;
  parser.on('error', (cause) => {
    throw damagedWorkbook('a part of it is no well-formed XML', cause);
  });
  parser.on('doctype', () => {
    throw damagedWorkbook('a part of it has a DOCTYPE, which no workbook needs');
  });
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && !/^utf-?(?:8|16)$/i.test(encoding))
      throw damagedWorkbook('a part of it is in another encoding than UTF-8');
  });
  parser.on('opentag', ({ name, attributes }) => {
    silence = 0;
    depth += 1;
    if (depth > MOST_DEPTH) throw tooLargePart(`elements in more than ${MOST_DEPTH} others`);
    events.open(localName(name), attributes);
  });
  parser.on('closetag', ({ name }) => {
    silence = 0;
    depth -= 1;
    events.close(localName(name));
  });
  const { text } = events;
  if (text !== undefined) {
    parser.on('text', (piece) => events.text?.(piece));
    parser.on('cdata', (piece) => events.text?.(piece));
  }
  return (piece) => {
    silence += piece?.length ?? 0;
    if (silence > MOST_WITHOUT_EVENT) throw tooLargePart('a text of more than 4 MiB');
    if (piece === null) parser.close();
    else parser.write(piece);
  };
}

/** Some programs write `x:row` for `row`. */
const localName = (name: string): string => {
  const colon = name.indexOf(':');
  return colon === -1 ? name : name.slice(colon + 1);
};

function decoderFor(first: Buffer): TextDecoder {
  const [one, two] = first;
  const utf16 =
    one === 0xff && two === 0xfe ? 'utf-16le' : one === 0xfe && two === 0xff ? 'utf-16be' : undefined;
  return new TextDecoder(utf16 ?? 'utf-8', { fatal: true });
}

function decode(decoder: TextDecoder, chunk: Buffer | undefined): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw damagedWorkbook('a part of it is no text in UTF-8', cause);
  }
}

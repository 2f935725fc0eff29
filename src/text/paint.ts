/** Colours of a terminal. What is painted has been made printable before: the escape sequences are ours. */
import { styleText } from 'node:util';

export type Style = 'red' | 'green' | 'yellow' | 'bold' | 'dim';

/** Gives a text in a style, or as it is if there are no colours. */
export type Paint = (style: Style, text: string) => string;

export const uncoloured: Paint = (_, text) => text;

/** Somebody else has decided that there are colours: the stream is not asked. */
export const coloured: Paint = (style, text) => styleText(style, text, { validateStream: false });

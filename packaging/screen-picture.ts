/** A terminal's screen, as `tmux capture-pane -e -p` prints it, as an SVG whose text can be selected. */

/** px, of a character and a line of a monospace font of 14 px. */
const CHARACTER = 8.4;
const LINE = 19;
const MARGIN = 20;
const FOREGROUND = '#d4d4d4';
const BACKGROUND = '#1e1e1e';
/** Colours 0 to 7 of a terminal, as they can be read on the dark background. */
const COLOURS = ['#808080', '#f48771', '#89d185', '#e5c07b', '#75beff', '#d7a0e8', '#56c7d6', '#ffffff'];

interface Style {
  readonly colour?: string | undefined;
  readonly isBold?: boolean;
  readonly isDim?: boolean;
}

/** `title` is read aloud in place of the picture. */
export function screenPicture(screen: string, title: string): string {
  const lines = screen.trimEnd().split('\n');
  let columns = 0;
  let style: Style = {};
  const texts = lines.map((line, row) => {
    const { spans, last, characters } = spansOf(line, style);
    style = last;
    columns = Math.max(columns, characters);
    if (characters === 0) return '';
    // Whatever the font, a line is as wide as its characters are in the terminal.
    const length = `textLength="${(characters * CHARACTER).toFixed(1)}"`;
    return `  <text x="${MARGIN}" y="${MARGIN + 14 + row * LINE}" ${length}>${spans}</text>\n`;
  });
  const width = Math.ceil(columns * CHARACTER) + 2 * MARGIN;
  const height = lines.length * LINE + 2 * MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" xml:space="preserve">\n`,
    `  <title>${escaped(title)}</title>\n`,
    `  <style>text { font: 14px ui-monospace, Menlo, Consolas, monospace; fill: ${FOREGROUND}; white-space: pre; }</style>\n`,
    `  <rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}"/>\n`,
    ...texts,
    '</svg>\n',
  ].join('');
}

/** The text of a picture of this module, without its colours. */
export const textOf = (svg: string): string =>
  [...svg.matchAll(/<text [^>]*>(.*)<\/text>/g)]
    .map(([, spans = '']) => spans.replace(/<[^>]*>/g, ''))
    .map((text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'))
    .join('\n');

function spansOf(line: string, before: Style): { spans: string; last: Style; characters: number } {
  let style = before;
  let spans = '';
  let characters = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what starts a colour.
  for (const [, codes, text = ''] of line.matchAll(/(?:\x1b\[([\d;]*)m)|([^\x1b]+)/g)) {
    if (codes !== undefined) for (const code of codes.split(';')) style = styled(style, Number(code));
    characters += [...text].length;
    spans += spanOf(text, style);
  }
  return { spans, last: style, characters };
}

function spanOf(text: string, { colour, isBold, isDim }: Style): string {
  const attributes = [
    colour ? ` style="fill: ${colour}"` : '',
    isBold ? ' font-weight="bold"' : '',
    isDim ? ' opacity="0.7"' : '',
  ].join('');
  return attributes && text ? `<tspan${attributes}>${escaped(text)}</tspan>` : escaped(text);
}

/** By a code of SGR (ECMA-48); those that the command does not use change nothing. */
function styled(style: Style, code: number): Style {
  if (code === 0) return {};
  if (code === 1) return { ...style, isBold: true };
  if (code === 2) return { ...style, isDim: true };
  if (code === 22) return { ...style, isBold: false, isDim: false };
  if (code === 39) return { ...style, colour: undefined };
  const colour = COLOURS[code >= 90 ? code - 90 : code - 30];
  return colour ? { ...style, colour } : style;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

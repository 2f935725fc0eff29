/** A page as HTML: all of it in one file, and nothing from elsewhere. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { getAsset, isSea } from 'node:sea';
import { packageFile } from '../package-file.js';
import { escapeText, scriptJson, toHtml } from './view/element.js';
import type { PageData } from './view/page-data.js';
import { planSections } from './view/plan-view.js';
import { runSections } from './view/run-view.js';

/** What `npm run build` makes of `browser/`. A single executable has it within. */
const asset = (name: string): string =>
  (isSea() ? getAsset(name, 'utf8') : readFileSync(packageFile(`dist/page/${name}`), 'utf8')).trim();

/** The start of a page of ours, by which one is known that can be made anew. */
export const PAGE_START = '<!doctype html>\n<html lang="en" data-by="wickr-bulk"';

export interface PageText {
  /** In the order in which they follow each other. */
  readonly parts: Iterable<string>;
  /** The policy: nothing runs and nothing is loaded that is not the page's own. */
  readonly policy: string;
}

/**
 * The text of a page.
 *
 * @param rows in chunks, as JSON for elements `script`
 * @param isLive whether its script follows the run, from where it was loaded
 */
export function pageText(page: PageData, rows: readonly string[], isLive = false): PageText {
  const script = asset('page.js').replaceAll('</script', '<\\/script');
  const style = asset('page.css');
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    ...(isLive ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const sections = page.kind === 'run' ? runSections(page) : planSections(page);
  const first = sections[0]?.view;
  const title = first === undefined ? '' : titleOf(page);
  return {
    policy,
    parts: [
      `${PAGE_START}${isLive ? ' data-live=""' : ''}>\n<head>\n<meta charset="utf-8">\n`,
      `<meta http-equiv="Content-Security-Policy" content="${escapeText(policy)}">\n`,
      '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
      '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n',
      `<title>${escapeText(title)}</title>\n<style>${style}</style>\n</head>\n<body>\n<main>\n`,
      isLive ? '<p id="live" role="status"></p>\n' : '',
      ...sections.map(({ id, view }) => `<div id="${id}">${toHtml(view)}</div>\n`),
      '</main>\n',
      '<noscript><p>The charts and the table need JavaScript.</p></noscript>\n',
      `<script type="application/json" id="data">${scriptJson(page)}</script>\n`,
      ...rows.map((text) => `<script type="application/json" class="rows">${text}</script>\n`),
      `<script>${script}</script>\n</body>\n</html>\n`,
    ],
  };
}

const titleOf = ({ title, networkId }: PageData): string => `${title}, network ${networkId}`;

const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;

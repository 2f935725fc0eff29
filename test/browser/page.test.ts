/** The pages of runs and plans in a real browser: used, inert whatever stands in it, and closed to scripts of others. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePlanReport, writeReport } from '../../src/index.js';
import { writePlan } from '../../src/run/state/plan-file.js';
import { sampleRun } from '../page/sample-run.js';
import { drawn } from './canvas.js';
import { chromiumPath, inChromium, useChromium } from './chromium.js';

/** Of OWASP's list of ways past a filter, and a few for JSON within a script. */
const vectors = [
  '<script>hit(1)</script>',
  '"><img src=x onerror=hit(2)>',
  "'><svg onload=hit(3)>",
  '</script><script>hit(4)</script>',
  '<!--<script>hit(5)</script>',
  ']]><iframe srcdoc="<script>parent.hit(6)</script>">',
  '<a href="javascript:hit(7)" autofocus onfocus=hit(8)>x</a>',
  '<style>@import "http://127.0.0.1:1/x.css";</style>',
  '<meta http-equiv=refresh content="0;url=javascript:hit(9)">',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is one of the vectors.
  '${hit(10)}{{hit(11)}}`;hit(12)//',
  '&lt;script&gt;hit(13)&lt;/script&gt;',
  '\u202Eevil\u2066\u200Bhidden\u0007\u001B[31m',
];

describe.skipIf(chromiumPath === undefined)(inChromium, () => {
  const chromium = useChromium();
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wickr-bulk-page-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const pageOf = async (name: string, sample: Parameters<typeof sampleRun>[1]) => {
    const { path } = await writeReport(await sampleRun(join(folder, name), sample));
    return pathToFileURL(path).href;
  };

  it('without its time series a run is drawn from its report', async () => {
    const { page, said } = await chromium.open(await pageOf('older', { rows: 3000 }));
    expect(await drawn(page, 'rate')).toBeGreaterThan(2000);
    expect(said).toEqual([]);
  });

  it('the table searches, filters and sorts, and opens a row', async () => {
    const { page } = await chromium.open(await pageOf('table', { rows: 1000 }));
    expect(await page.locator('#found').textContent()).toBe('20 of 1,000 rows');
    await page.locator('#status').selectOption('');
    expect(await page.locator('#found').textContent()).toBe('1,000 rows');
    await page.locator('#search').fill('10000777');
    expect(await page.locator('#found').textContent()).toBe('1 of 1,000 rows');
    await page.locator('#search').fill('NO SUCH');
    expect(await page.locator('#found').textContent()).toBe('14 of 1,000 rows');
    await page.locator('#search').fill('');
    await page.locator('th button', { hasText: 'User' }).click();
    await page.locator('th button', { hasText: 'User' }).click();
    expect(await page.locator('th[aria-sort=descending]').textContent()).toBe('User');
    const first = page.locator('tbody tr[data-status]').first();
    expect(await first.locator('.c-userId').textContent()).toBe('10001000');
    // By keyboard.
    await first.locator('button').focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('dialog').textContent()).toContain('request-1000');
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog').isVisible()).toBe(false);
  });

  it('whatever stands in a run is text', async () => {
    const text = vectors.join(' ').replaceAll('\n', ' ');
    const address = await pageOf('hostile', { rows: 200, failing: 3, text });
    const { page, said } = await chromium.open(address);
    await page.locator('tbody tr button').first().click();
    // The texts are there, and are nothing else: no element came of them.
    const shown = await page.locator('main').innerText();
    for (const vector of vectors.slice(0, 11)) expect(shown).toContain(vector.replace(/\s+/g, ' '));
    expect(
      await page.locator('main script, main img, main svg, main iframe, main style, main meta').count(),
    ).toBe(0);
    // U+202E and its like are replaced, wherever they stood.
    expect(await page.content()).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(said).toEqual([]);
  });

  it('whatever stands in a plan is text, with and without values', async () => {
    const text = vectors.join(' ');
    const head = {
      ...{ version: '0.1.0', readAt: '2026-01-31T12:00:00.000Z', networkId: '12345678', region: 'us-east-1' },
      ...{ endpoint: `https://example.com/${text}`, account: '123456789012', allowTemporaryNames: false },
      input: { path: `/data/${text}.csv`, sha256: 'ab'.repeat(32) },
      groupNames: { g1: `group ${text}` },
    };
    const row = {
      ...{ row: 1, line: 2, start: 0, end: 10 },
      command: {
        networkId: '12345678',
        userId: '10000001',
        details: { firstName: `new ${text}`, securityGroupIds: ['g2'] },
      },
      before: { firstName: `old ${text}`, securityGroupIds: ['g1'] },
      person: { username: `jo${text}@example.com` },
    };
    const plan = join(folder, 'plan.jsonl');
    await writePlan(plan, head, async function* () {
      yield [row];
    });
    const plain = await writePlanReport(plan);
    expect(/new <|new \\u003c|old <|old \\u003c|jo<|jo\\u003c/.exec(await readFile(plain.path, 'utf8'))).toBe(
      null,
    );
    const { page, said } = await chromium.open(pathToFileURL(plain.path).href);
    expect(await page.locator('h1').textContent()).toBe('1 user would change.');
    expect(await page.locator('tbody td.c-reason').textContent()).toBe('firstName; securityGroupIds');
    const full = await writePlanReport(plan, { out: join(folder, 'full.html'), values: true });
    const { page: second, said: saidThere } = await chromium.open(pathToFileURL(full.path).href);
    expect(await second.locator('tbody td.c-reason').textContent()).toContain('<script>hit(1)</script>');
    expect([...said, ...saidThere]).toEqual([]);
  });

  it('a script that somebody has put into the page does not run', async () => {
    const { path } = await writeReport(await sampleRun(join(folder, 'injected'), { rows: 100 }));
    const html = await readFile(path, 'utf8');
    const injected = [
      '<script>document.title = "hit"</script>',
      '<img src="http://127.0.0.1:1/x.png" onerror="document.title = \'hit\'">',
      '<style>h1 { display: none }</style>',
    ].join('');
    const changed = join(folder, 'injected.html');
    await writeFile(changed, html.replace('</main>', `${injected}</main>`));
    const { page, said } = await chromium.open(pathToFileURL(changed).href);
    await page.locator('tbody tr').first().waitFor();
    expect(await page.title()).not.toBe('hit');
    expect(await page.locator('h1').isVisible()).toBe(true);
    // The policy is what has stopped each of them.
    expect(said.filter((line) => line.includes('Content Security Policy')).length).toBeGreaterThanOrEqual(3);
  });
});

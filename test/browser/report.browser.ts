import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsToCreate } from '../cli/broken-strategies.js';
import { useOwnDatabase } from '../cli/own-database.js';
import { useTemporaryFolder } from '../cli/temporary-folder.js';
import { launchChromium } from './chromium.js';

const database = useOwnDatabase();
const files = useTemporaryFolder();
const STRATEGIES = ['legacy', 'cte', 'inventory'];

/** Without gates: how fast this machine is must not matter. */
function scenarioFile(name: string, shape: object): string {
  const scenario = { name, description: 'made by a test', gates: [], workers: 2, connections: 4, ...shape };
  return files.write(`${name}.json`, JSON.stringify(scenario));
}

const LOOP = scenarioFile('loop', { arrival: 'closed', batches: 50, slots: 200, duration: '600ms' });
const BURST = scenarioFile('burst', { arrival: 'burst', batches: 1, slots: 60, contents: 60 });

let browser: Browser;
const pages = { compare: '', failing: '', sweep: '', faults: '' };

beforeAll(async () => {
  browser = await launchChromium();
  pages.compare = await report('compare', 0, [
    ...['compare', '--scenario', LOOP, '--scenario', BURST, '--rounds', '2', '--quiet'],
  ]);
  pages.failing = await report('failing', 1, [
    ...['run', '--strategy', claimsToCreate(files), '--scenario', 'idempotent-duplicates', '--quiet'],
  ]);
  const loop = ['--scenario', LOOP, '--quiet'];
  pages.sweep = await report('sweep', 0, ['run', '--sweep', 'connections=1,2,4', ...loop]);
  const fault = ['--fault', 'terminate-backend@200ms'];
  pages.faults = await report('faults', 0, ['run', '--strategy', 'cte', ...fault, ...loop]);
});
afterAll(() => browser?.close());

/** Runs a command that writes its page. */
async function report(name: string, code: number, args: readonly string[]): Promise<string> {
  const path = files.path(`${name}.html`);
  const finished = await database.run([...args, '--html', path]);
  expect({ name, code: finished.code, stderr: finished.stderr }).toEqual({ name, code, stderr: '' });
  return path;
}

/** What a page did beside showing itself. */
interface Opened {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
}

async function open(path: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(path).href);
  return { page, complaints, requests };
}

const chart = (page: Page, title: string): Locator => page.locator('figure', { hasText: title });

async function titlesOf(series: Locator): Promise<string[]> {
  return (await series.locator('title').allTextContents()).map((title) => title.trim());
}

/** WCAG's contrast of an element's colour to the page's background. */
function contrast(page: Page, selector: string, property: string): Promise<number> {
  return page.evaluate(`(() => {
    const luminance = (colour) => {
      const [r, g, b] = colour.match(/[\\d.]+/g).map((part) => part / 255)
        .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const styleOf = (selector) => getComputedStyle(document.querySelector(selector));
    const pair = [styleOf('${selector}')['${property}'], styleOf('body').backgroundColor].map(luminance);
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
  })()`);
}

/** Puts an image of a server and a script into a page: whether the server was asked, and whether the script ran. */
async function intrude(path: string): Promise<{ reached: number; ran: boolean }> {
  let reached = 0;
  const server = createServer((_, response) => {
    reached += 1;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { page } = await open(path);
  await page.evaluate(`new Promise((ended) => {
    const script = document.createElement('script');
    script.textContent = 'window.foreign = true';
    const image = document.createElement('img');
    image.onload = image.onerror = ended;
    image.src = 'http://127.0.0.1:${port}/x.png';
    document.body.append(script, image);
  })`);
  const ran = (await page.evaluate('window.foreign')) === true;
  await page.close();
  server.closeAllConnections();
  server.close();
  return { reached, ran };
}

const NAMES = Object.keys(pages) as (keyof typeof pages)[];

describe('the page of a report in Chromium', () => {
  it.each(NAMES)('loads nothing and complains of nothing: %s', async (name) => {
    const { page, complaints, requests } = await open(pages[name]);
    await page.locator('figure[data-xs] svg[role=img]').first().hover();
    expect(complaints).toEqual([]);
    expect(requests).toEqual([pathToFileURL(pages[name]).href]);
    await page.close();
  });

  it('may load nothing: its policy stops what would reach a server without it', async () => {
    const withoutPolicy = files.write(
      'without-policy.html',
      readFileSync(pages.compare, 'utf8').replace('http-equiv="Content-Security-Policy"', ''),
    );
    expect(await intrude(pages.compare)).toEqual({ reached: 0, ran: false });
    expect(await intrude(withoutPolicy)).toEqual({ reached: 1, ran: true });
  });

  it('overlays every strategy in every chart of a comparison', async () => {
    const { page } = await open(pages.compare);
    const sustained = page.locator('section', { has: page.locator('h2', { hasText: 'loop' }) });
    const seriesOf = (title: string) =>
      titlesOf(sustained.locator('figure', { hasText: title }).locator('.series'));
    expect(await seriesOf('Latency by percentile')).toEqual(STRATEGIES);
    expect(await seriesOf('Throughput over time')).toEqual(STRATEGIES);
    expect(await seriesOf('Latency over time')).toEqual(
      STRATEGIES.flatMap((strategy) => [`${strategy} p95`, `${strategy} p50`]),
    );
    expect(await seriesOf('p95 latency: left')).toEqual(['cte', 'inventory']);

    const burst = page.locator('section', { has: page.locator('h2', { hasText: 'burst' }) });
    expect(await titlesOf(burst.locator('figure', { hasText: 'percentile' }).locator('.series'))).toEqual(
      STRATEGIES.flatMap((strategy) => [strategy, `${strategy} + locks`]),
    );
    await page.close();
  });

  it('draws every line within its chart', async () => {
    const { page } = await open(pages.compare);
    for (const path of await page.locator('figure[data-xs] path.line').all()) {
      const [line, frame] = await Promise.all([
        path.boundingBox(),
        path.locator('xpath=ancestor::*[name()="svg"]').boundingBox(),
      ]);
      expect(line?.width).toBeGreaterThan(50);
      expect(line!.x).toBeGreaterThanOrEqual(frame!.x);
      expect(line!.x + line!.width).toBeLessThanOrEqual(frame!.x + frame!.width);
      expect(line!.y).toBeGreaterThanOrEqual(frame!.y);
      expect(line!.y + line!.height).toBeLessThanOrEqual(frame!.y + frame!.height);
    }
    await page.close();
  });

  it('tells the values at the pointer and by the arrow keys, as the table has them', async () => {
    const { page } = await open(pages.compare);
    const figure = chart(page, 'Throughput over time').first();
    await expect(figure.locator('.tip').isVisible()).resolves.toBe(false);
    await figure.locator('svg[role=img]').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const second = await figure.locator('tbody tr').nth(1).locator('th, td').allTextContents();
    expect(await figure.locator('.tip b').textContent()).toBe(second[0]);
    expect(await figure.locator('.tip .value').allTextContents()).toEqual(second.slice(1));
    expect(await figure.locator('.tip .name').allTextContents()).toEqual(STRATEGIES);

    const box = (await figure.locator('svg[role=img]').boundingBox())!;
    await page.mouse.move(box.x + box.width - 1, box.y + box.height / 2);
    const last = await figure.locator('tbody tr').last().locator('th').textContent();
    expect(await figure.locator('.tip b').textContent()).toBe(last);
    expect(await figure.locator('.tip').isVisible()).toBe(true);
    await page.close();
  });

  it('marks faults, and the knee of a sweep among its steps', async () => {
    const faults = await open(pages.faults);
    const marks = chart(faults.page, 'Throughput over time').locator('.mark text');
    expect(await marks.allTextContents()).toEqual(['terminate-backend']);
    await faults.page.close();

    const sweep = await open(pages.sweep);
    const throughput = chart(sweep.page, 'Throughput, calls per second');
    expect(await throughput.locator('circle').count()).toBe(3);
    const knee = (await sweep.page.locator('dd').first().textContent()) ?? '';
    expect(await throughput.locator('.mark').count()).toBe(knee.startsWith('none') ? 0 : 1);
    expect(await titlesOf(chart(sweep.page, 'Latency').locator('.series'))).toEqual(['p99', 'p95', 'p50']);
    await sweep.page.close();
  });

  it('shows the verdict at the top, and the witnesses of a failing run', async () => {
    const { page } = await open(pages.failing);
    expect(await page.locator('.verdict').textContent()).toMatch(/FAILED.*invalid/);
    const places = await Promise.all(
      ['.verdict', '.findings', '.charts'].map(
        async (part) => (await page.locator(part).first().boundingBox())!.y,
      ),
    );
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    const findings = page.locator('.findings');
    expect(await findings.locator('h4').allTextContents()).toContainEqual(
      expect.stringContaining('is violated'),
    );
    expect(await findings.locator('table tbody tr').count()).toBeGreaterThan(0);
    expect(await findings.locator('.timeline li').count()).toBeGreaterThan(1);
    for (const row of await findings.locator('.timeline li').all()) expect(await row.isVisible()).toBe(true);
    await page.close();
  });

  it('can be read in light and in dark', async () => {
    const backgrounds: unknown[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await open(pages.compare, { colorScheme });
      backgrounds.push(await page.evaluate('getComputedStyle(document.body).backgroundColor'));
      for (const text of ['body', '.about', '.verdict', '.grid text']) {
        const property = text.includes('grid') ? 'fill' : 'color';
        expect(await contrast(page, text, property), `${text} in ${colorScheme}`).toBeGreaterThan(4.5);
      }
      for (const series of ['.c0', '.c1', '.c2']) {
        const line = `.series${series} .line`;
        expect(await contrast(page, line, 'stroke'), `${line} in ${colorScheme}`).toBeGreaterThan(3);
      }
      await page.close();
    }
    expect(new Set(backgrounds).size).toBe(2);
  });

  it.each(NAMES)('fits a phone: %s', async (name) => {
    const { page } = await open(pages[name], { viewport: { width: 390, height: 844 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.close();
  });
});

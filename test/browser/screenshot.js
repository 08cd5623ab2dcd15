/*
 * A screenshot of a page: node test/browser/screenshot.js report.html picture.png [width] [light|dark]
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchChromium } from './chromium.js';

const [source = '', target = '', width = '1280', colorScheme = 'light'] = process.argv.slice(2);
const browser = await launchChromium();
const page = await browser.newPage({ viewport: { width: Number(width), height: 800 }, colorScheme });
await page.goto(pathToFileURL(resolve(source)).href);
await page.screenshot({ path: target, fullPage: true });
await browser.close();

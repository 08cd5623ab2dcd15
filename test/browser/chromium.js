import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';

/**
 * Starts a headless Chromium.
 *
 * @throws Error that says what to install
 */
export function launchChromium() {
  if (!existsSync(EXECUTABLE)) {
    throw new Error(`no browser at ${EXECUTABLE}: apt-get install chromium, or name one by CHROMIUM=PATH`);
  }
  // Chromium's own sandbox refuses root; the pages are this repository's.
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}

// SPDX-License-Identifier: EUPL-1.2
// An engine in a page of headless Chromium: `node peer.mjs NAME`, NAME being a script that bundle.mjs wrote.
import { readFileSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { converse } from '../converse.mjs';

// Enketo: what is irrelevant counts as empty, as in the other engines. Nothing listens at that address: all is answered here.
const ADDRESS = 'http://localhost/?form&excludeNonRelevant';
const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }; // a finer clock
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--js-flags=--max-old-space-size=4096'];
const name = process.argv[2];
const read = (file) => readFileSync(file, 'utf8');

async function openPage(browser) {
  const page = await browser.newPage();
  page.setDefaultTimeout(0);
  page.on('pageerror', (error) => console.error(error.message));
  await page.route('**/*', (route) => {
    const isScript = route.request().url().endsWith('.mjs');
    if (isScript) route.fulfill({ contentType: 'text/javascript', headers: ISOLATED, body: read(`${import.meta.dirname}/../pages/${name}.mjs`) });
    else route.fulfill({ contentType: 'text/html', headers: ISOLATED, body: '<!doctype html><meta charset="utf-8"><body></body><script type="module" src="/page.mjs"></script>' });
  });
  await page.goto(ADDRESS);
  await page.waitForFunction(() => globalThis.measure);
  return page;
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: FLAGS });
const page = await openPage(browser);
const isolated = await page.evaluate(() => crossOriginIsolated);
await converse({ engine: name, browser: browser.version(), isolated }, {
  async run([form, ops, out, limit], result) {
    const asked = [read(form), read(ops), Number(limit)];
    const answer = await page.evaluate((part) => globalThis.measure(...part), asked);
    Object.assign(result, answer.result);
    if (out && answer.sent !== null) writeFileSync(out, answer.sent);
  },
});
await browser.close();
process.exit(0);

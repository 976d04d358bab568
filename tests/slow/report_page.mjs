// Opens the report and uses it: node report_page.mjs BROWSER REPORT.html
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const [browserPath, page] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
const context = await browser.newContext({ offline: true });
const tab = await context.newPage();
const errors = [], requests = [];
tab.on('pageerror', (error) => errors.push(error.message));
tab.on('request', (request) => { if (!request.url().startsWith('file:')) requests.push(request.url()); });
await tab.goto('file://' + page);
const all = await tab.locator('details.case').count();
assert.ok(all > 10, 'cases are listed');
assert.ok((await tab.locator('#metrics tr').count()) > 5, 'metrics are listed');
assert.match(await tab.locator('#metrics').innerText(), /baseline/);
await tab.fill('#filter', 'dearest');
const few = await tab.locator('details.case').count();
assert.ok(few > 0 && few < all, 'the filter narrows the list');
await tab.locator('details.case summary').first().click();
await tab.locator('.claim.supported').first().click();
assert.ok((await tab.locator('#evidence pre').count()) > 0, 'a claim shows its evidence');
assert.ok((await tab.locator('details.case[open] .cpu').count()) > 0, 'a turn tells its processor time');
await tab.locator('#evidence button').click();
assert.ok(await tab.locator('#evidence').isHidden());
await tab.fill('#filter', '');
// What every claim of every case points at is found, in whichever turn it was read.
const lost = await tab.evaluate(() => run.cases.flatMap((c) => c.turns.flatMap((t) => t.claims.flatMap((claim) =>
  claim.evidence.filter((pointer) => pointer.includes('#') && !toolOf(pointer.split('#')[0], c.turns, t)).map((pointer) => `${c.id}: ${claim.text} ${pointer}`)))));
assert.deepEqual(lost, [], 'evidence of every turn is found');
await tab.selectOption('#which', 'failed');
assert.ok((await tab.locator('details.case').count()) < all);
assert.deepEqual(errors, []);
assert.deepEqual(requests, []);
await browser.close();
console.log(`ok: ${all} cases, no errors, no requests`);

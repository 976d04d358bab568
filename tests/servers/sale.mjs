// Compares what sale.sh played: sale.mjs FOLDER SHOP... . The carts, what was shown (things that fit equally well in any order) and what was
// asked have to be the same, and every claim has to hold.
import fs from 'node:fs';

const [folder, ...shops] = process.argv.slice(2);
const problems = [];
const lines = (file) => fs.readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line));

// The platform's ids of products or variants -> ours.
function names(shop, what) {
  const file = `${folder}/${shop}.ids.json`;
  if (!fs.existsSync(file)) return (id) => id;
  const ours = new Map(Object.entries(JSON.parse(fs.readFileSync(file, 'utf8'))[what]).map(([name, id]) => [id, name]));
  return (id) => ours.get(id) ?? id;
}

function cart(turn, variant) {
  const of = turn.cart;
  if (!of) return 'none';
  const held = of.lines.map((line) => `${line.quantity} x ${variant(line.variant)} ${JSON.stringify(line.options).toLowerCase()} at ${line.unit_price_minor}`);
  return `${held.sort().join(', ')} = ${of.total_minor} ${of.currency}`;
}

// A reply without what may differ: where to pay.
const spoken = (turn) => turn.reply.replace(/https?:\/\/\S+/g, 'LINK');

const played = shops.map((shop) => ({ shop, product: names(shop, 'products'), variant: names(shop, 'variants'), turns: lines(`${folder}/${shop}.jsonl`) }));
const [first, ...others] = played;
const saidDifferently = [];
for (const [i, turn] of first.turns.entries()) {
  console.log(`${i + 1}. ${turn.reply.replace(/\n/g, ' / ')}`);
  for (const { shop, product, variant, turns } of others) {
    const theirs = turns[i];
    const differs = (what, a, b) => a !== b && problems.push(`turn ${i + 1}: ${what} in ${first.shop}: ${a}\n        in ${shop}: ${b}`);
    differs('cart', cart(turn, first.variant), cart(theirs, variant));
    differs('shown', turn.shown.map(first.product).sort().join(', '), theirs.shown.map(product).sort().join(', '));
    differs('asked', String(turn.asked), String(theirs.asked));
    differs('outcome', turn.outcome, theirs.outcome);
    if (spoken(turn) !== spoken(theirs)) saidDifferently.push(`turn ${i + 1} in ${shop}: ${theirs.reply.replace(/\n/g, ' / ')}`);
  }
}
for (const { shop, turns } of played) {
  const claims = turns.flatMap((turn) => turn.claims);
  const count = (verdict) => claims.filter((claim) => claim.verdict === verdict).length;
  console.log(`${shop}: ${turns.length} turns, claims: ${count('supported')} supported, ${count('contradicted')} contradicted, ${count('unsupported')} unsupported`);
  if (turns.length !== 12) problems.push(`${shop}: ${turns.length} turns`);
  if (count('contradicted') + count('unsupported') > 0) problems.push(`${shop}: claims that do not hold`);
  if (!/https?:\/\//.test(turns.at(-1).reply)) problems.push(`${shop}: no way to pay at the end: ${turns.at(-1).reply}`);
}
console.log(`cart: ${cart(first.turns.at(-1), first.variant)}`);
if (saidDifferently.length) console.log(`said in other words:\n  ${saidDifferently.join('\n  ')}`);
for (const problem of problems) console.log(`failed: ${problem}`);
process.exitCode = problems.length ? 1 : 0;

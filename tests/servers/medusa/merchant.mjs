// What a merchant does meanwhile: merchant.mjs URL stock SKU COUNT | price SKU CENTS | name SLUG NAME | reset SKU...
import { admin, ids } from './admin.mjs';
import { goods } from './goods.mjs';

const [url, action, ...rest] = process.argv.slice(2);
const call = await admin(url);
const all = new Map(goods().flatMap((product) => product.variants.map((variant) => [variant.sku, variant])));

async function setStock(sku, count) {
  if (!all.get(sku).tracked) return;
  const { inventory_items: items } = await call('GET', `/admin/inventory-items?sku=${sku}`);
  const { stock_locations: places } = await call('GET', '/admin/stock-locations?limit=1');
  await call('POST', `/admin/inventory-items/${items[0].id}/location-levels/${places[0].id}`, { stocked_quantity: count });
}

async function setPrice(sku, cents) {
  const { variants, owners } = await ids(call);
  const prices = ['usd', 'eur'].map((currency) => ({ currency_code: currency, amount: cents / 100 }));
  await call('POST', `/admin/products/${owners[sku]}/variants/${variants[sku]}`, { prices });
}

async function setName(slug, title) {
  const { products } = await ids(call);
  await call('POST', `/admin/products/${products[slug]}`, { title });
}

if (action === 'name') await setName(rest[0], rest[1]);
if (action === 'stock') await setStock(rest[0], +rest[1]);
if (action === 'price') await setPrice(rest[0], +rest[1]);
for (const sku of action === 'reset' ? rest : []) {
  await setStock(sku, all.get(sku).stock);
  await setPrice(sku, all.get(sku).was || all.get(sku).cents);
}

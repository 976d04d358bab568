// Fills a running Medusa over its Admin API with Vendure's sample catalogue, taxed, and the goods of goods.csv, untaxed; what is there is left
// as it is: MEDUSA_URL=... seed.mjs SAMPLE.csv. Writes ids and the publishable key beside itself.
import fs from 'node:fs';
import { admin, ids } from './admin.mjs';
import { facet, goods } from './goods.mjs';

const url = process.env.MEDUSA_URL || 'http://127.0.0.1:9100';
const call = await admin(url);
const key = (await call('GET', '/admin/api-keys?type=publishable')).api_keys[0].token;
fs.writeFileSync('publishable-key', key);
const channel = (await call('GET', '/admin/sales-channels')).sales_channels[0].id;
const profile = (await call('GET', '/admin/shipping-profiles')).shipping_profiles[0].id;

// ---- where and how is sold

async function place() {
  const { stock_locations: places } = await call('GET', '/admin/stock-locations?limit=1');
  if (places.length) return places[0].id;
  const store = (await call('GET', '/admin/stores')).stores[0].id;
  await call('POST', `/admin/stores/${store}`, { supported_currencies: [{ currency_code: 'usd', is_default: true }, { currency_code: 'eur' }] });
  const region = (name, currency_code, countries) => ({ name, currency_code, countries, automatic_taxes: true, payment_providers: ['pp_system_default'] });
  await call('POST', '/admin/regions', region('US', 'usd', ['us']));
  await call('POST', '/admin/regions', region('Europe', 'eur', ['de', 'fr', 'gb']));
  const rate = { rate: 20, code: 'std', name: 'Standard' };
  await call('POST', '/admin/tax-regions', { country_code: 'us', provider_id: 'tp_system', default_tax_rate: rate });
  const made = await call('POST', '/admin/stock-locations', { name: 'Main', address: { address_1: 'x', country_code: 'us' } });
  await call('POST', `/admin/stock-locations/${made.stock_location.id}/sales-channels`, { add: [channel] });
  return made.stock_location.id;
}

const location = await place();
const categories = Object.fromEntries((await call('GET', '/admin/product-categories?limit=200')).product_categories.map(({ name, id }) => [name, id]));

async function category(name) {
  categories[name] ??= (await call('POST', '/admin/product-categories', { name, is_active: true })).product_category.id;
  return { id: categories[name] };
}

// ---- products

const taken = new Set();
function unused(sku) {   // Vendure's sample has one SKU twice
  let free = sku;
  for (let n = 2; taken.has(free); n++) free = `${sku}-${n}`;
  taken.add(free);
  return free;
}

const prices = (cents) => ['usd', 'eur'].map((currency) => ({ currency_code: currency, amount: cents / 100 }));

async function addProduct(product) {
  const groups = product.groups.length ? product.groups : ['Default'];
  const values = product.variants.map((variant) => (variant.values.length ? variant.values : ['Default']));
  const inCategories = [];
  for (const name of facet(product, 'category')) inCategories.push(await category(name));
  const variants = product.variants.map((variant, i) => ({
    title: values[i].join(' / '),
    variant_rank: i,
    sku: unused(variant.sku),
    manage_inventory: variant.tracked,
    prices: prices(variant.was || variant.cents),
    options: Object.fromEntries(groups.map((group, k) => [group, values[i][k]])),
  }));
  const made = await call('POST', '/admin/products', {
    title: product.name,
    handle: product.slug,
    description: product.description,
    status: 'published',
    shipping_profile_id: profile,
    sales_channels: [{ id: channel }],
    categories: inCategories,
    metadata: Object.fromEntries(product.facets),
    options: groups.map((group, i) => ({ title: group, values: [...new Set(values.map((of) => of[i]))] })),
    variants,
  });
  for (const [i, { sku }] of variants.entries()) {
    if (!product.variants[i].tracked) continue;
    const { inventory_items: items } = await call('GET', `/admin/inventory-items?sku=${encodeURIComponent(sku)}`);
    await call('POST', `/admin/inventory-items/${items[0].id}/location-levels`, { location_id: location, stocked_quantity: product.variants[i].stock });
  }
  return made.product.id;
}

const before = await ids(call);
const missing = (list) => list.filter(({ slug }) => !before.products[slug]);
for (const product of missing(goods(process.argv[2]))) await addProduct(product);
const untaxed = [];
for (const product of missing(goods())) untaxed.push(await addProduct(product));
if (untaxed.length) {
  const { tax_regions: regions } = await call('GET', '/admin/tax-regions?country_code=us');
  const rules = untaxed.map((id) => ({ reference: 'product', reference_id: id }));
  await call('POST', '/admin/tax-rates', { tax_region_id: regions[0].id, name: 'None', code: 'none', rate: 0, rules });
}
const now = await ids(call);

const reduced = goods().flatMap((product) => product.variants).filter(({ was }) => was);
if (!(await call('GET', '/admin/price-lists')).price_lists.length) {
  const sale = reduced.map(({ sku, cents }) => ({ variant_id: now.variants[sku], currency_code: 'usd', amount: cents / 100 }));
  await call('POST', '/admin/price-lists', { title: 'Sale', description: 'Reduced', type: 'sale', status: 'active', prices: sale });
}

// ---- discount codes

const method = (type, value, currency_code = 'usd') => ({ type, target_type: 'order', allocation: 'across', value, currency_code });
const from50 = [{ attribute: 'item_total', operator: 'gte', values: ['50'] }];
const promotions = [
  { code: 'SAVE10', status: 'active', rules: from50, application_method: method('percentage', 10) },
  { code: 'EUR10', status: 'active', rules: [], application_method: method('percentage', 10, 'eur') },
  { code: 'TAKE20', status: 'active', rules: [], application_method: method('fixed', 20) },
  { code: 'OLD', status: 'inactive', rules: [], application_method: method('percentage', 50) },
];
const { promotions: there } = await call('GET', '/admin/promotions?limit=50&fields=id,code,rules.id');
for (const wanted of promotions) {
  const found = there.find(({ code }) => code === wanted.code);
  if (found && found.rules.length === wanted.rules.length) continue;
  if (found) await call('DELETE', `/admin/promotions/${found.id}`);
  await call('POST', '/admin/promotions', { type: 'standard', is_automatic: false, ...wanted });
}

fs.writeFileSync('contract.json', JSON.stringify({ products: now.products, variants: now.variants }));
console.log(`${Object.keys(now.products).length} products`);

// Seeds a running Medusa over its own Admin API with Vendure's sample catalogue (@vendure/create assets/products.csv), idempotent.
import fs from 'fs';
const B = process.env.MEDUSA_URL || 'http://127.0.0.1:9100',
  CSV = process.argv[2];
let T = '';
const api = async (m, p, b) => {
  const r = await fetch(B + p, {
    method: m,
    headers: { 'content-type': 'application/json', ...(T && { authorization: 'Bearer ' + T }) },
    body: b && JSON.stringify(b),
  });
  const d = await r.json().catch(() => ({}));
  if (!r.ok) throw new Error(`${m} ${p} ${r.status} ${JSON.stringify(d)}`);
  return d;
};
T = (await api('POST', '/auth/user/emailpass', { email: 'admin@test.local', password: 'supersecret' })).token;
const key = (await api('GET', '/admin/api-keys?type=publishable')).api_keys[0].token;
fs.writeFileSync(new URL('./publishable-key', import.meta.url), key);
if ((await api('GET', '/admin/products?limit=1')).count) {
  console.log('already seeded');
  process.exit(0);
}
const sc = (await api('GET', '/admin/sales-channels')).sales_channels[0].id;
const store = (await api('GET', '/admin/stores')).stores[0].id;
await api('POST', `/admin/stores/${store}`, {
  supported_currencies: [{ currency_code: 'usd', is_default: true }, { currency_code: 'eur' }],
});
const us = (
  await api('POST', '/admin/regions', {
    name: 'US',
    currency_code: 'usd',
    countries: ['us'],
    automatic_taxes: true,
    payment_providers: ['pp_system_default'],
  })
).region;
const eu = (
  await api('POST', '/admin/regions', {
    name: 'Europe',
    currency_code: 'eur',
    countries: ['de', 'fr', 'gb'],
    payment_providers: ['pp_system_default'],
  })
).region;
await api('POST', '/admin/tax-regions', {
  country_code: 'us',
  provider_id: 'tp_system',
  default_tax_rate: { rate: 20, code: 'std', name: 'Standard' },
});
const loc = (
  await api('POST', '/admin/stock-locations', { name: 'Main', address: { address_1: 'x', country_code: 'us' } })
).stock_location.id;
await api('POST', `/admin/stock-locations/${loc}/sales-channels`, { add: [sc] });
const profile = (await api('GET', '/admin/shipping-profiles')).shipping_profiles[0].id;
// csv
const rows = [];
{
  let f = '',
    row = [],
    q = false;
  const s = fs.readFileSync(CSV, 'utf8');
  for (let i = 0; i < s.length; i++) {
    const c = s[i];
    if (q) {
      if (c === '"') {
        if (s[i + 1] === '"') {
          f += '"';
          i++;
        } else q = false;
      } else f += c;
    } else if (c === '"') q = true;
    else if (c === ',') {
      row.push(f.trim());
      f = '';
    } else if (c === '\n') {
      row.push(f.trim());
      rows.push(row);
      row = [];
      f = '';
    } else if (c !== '\r') f += c;
  }
  if (f || row.length) {
    row.push(f.trim());
    rows.push(row);
  }
}
const head = rows.shift();
const recs = rows.filter((r) => r.length > 5).map((r) => Object.fromEntries(head.map((h, i) => [h, r[i]])));
const products = [];
for (const r of recs) {
  if (r.name) products.push({ ...r, variants: [r] });
  else products.at(-1).variants.push(r);
}
const seen = new Set();
for (const p of products)
  for (const v of p.variants) {
    let n = 2,
      s = v.sku;
    while (seen.has(v.sku)) v.sku = `${s}-${n++}`;
    seen.add(v.sku);
  } // the sample has a duplicate SKU
const cats = {};
let stock = [];
const split = (s, d) => (s ? s.split(d).map((x) => x.trim()) : []);
for (const p of products) {
  const facets = split(p.facets, '|').map((x) => x.split(':'));
  for (const [, v] of facets.filter(([k]) => k === 'category'))
    cats[v] ??= (await api('POST', '/admin/product-categories', { name: v, is_active: true })).product_category.id;
  const og = split(p.optionGroups, '|');
  const groups = og.length ? og : ['Default'];
  const vals = p.variants.map((v) => {
    const x = split(v.optionValues, '|');
    return x.length ? x : ['Default'];
  });
  const d = await api('POST', '/admin/products', {
    title: p.name,
    handle: p.slug,
    description: p.description,
    status: 'published',
    shipping_profile_id: profile,
    sales_channels: [{ id: sc }],
    categories: facets.filter(([k]) => k === 'category').map(([, v]) => ({ id: cats[v] })),
    metadata: Object.fromEntries(facets.map(([k, v]) => [k, v])),
    options: groups.map((g, i) => ({ title: g, values: [...new Set(vals.map((v) => v[i]))] })),
    variants: p.variants.map((v, i) => ({
      title: vals[i].join(' / '),
      sku: v.sku,
      manage_inventory: true,
      prices: [
        { currency_code: 'usd', amount: +v.price },
        { currency_code: 'eur', amount: +v.price },
      ],
      options: Object.fromEntries(groups.map((g, k) => [g, vals[i][k]])),
    })),
  });
  stock.push(...p.variants.map((v) => [v.sku, +v.stockOnHand || 0]));
}
const inv = Object.fromEntries(
  (await api('GET', '/admin/inventory-items?limit=500')).inventory_items.map((i) => [i.sku, i.id]),
);
for (const [sku, n] of stock)
  await api('POST', `/admin/inventory-items/${inv[sku]}/location-levels`, { location_id: loc, stocked_quantity: n });
await api('POST', '/admin/promotions', {
  code: 'SAVE10',
  type: 'standard',
  status: 'active',
  is_automatic: false,
  application_method: {
    type: 'percentage',
    target_type: 'order',
    allocation: 'across',
    value: 10,
    currency_code: 'usd',
  },
});
console.log(`seeded ${products.length} products, ${stock.length} variants, ${Object.keys(cats).length} categories`);

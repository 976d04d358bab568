// What a merchant does meanwhile: merchant.mjs URL stock SKU COUNT | price SKU CENTS | name SLUG NAME | reset SKU...
import { admin, ids } from './admin.mjs';
import { goods } from './goods.mjs';

const [url, action, ...rest] = process.argv.slice(2);
const ask = await admin(`${url}/admin-api`);
const { variants, products } = await ids(ask);
const all = new Map(goods().flatMap((product) => product.variants.map((variant) => [variant.sku, variant])));
const changes = {
  stock: () => [{ id: variants[rest[0]], stockOnHand: +rest[1] }],
  price: () => [{ id: variants[rest[0]], price: +rest[1] }],
  reset: () => rest.map((sku) => ({ id: variants[sku], stockOnHand: all.get(sku).stock, price: all.get(sku).cents })),
};
const named = 'mutation ($input: UpdateProductInput!) { updateProduct(input: $input) { id } }';
const input = changes[action]?.();
if (action === 'name') await ask(named, { input: { id: products[rest[0]], translations: [{ languageCode: 'en', name: rest[1] }] } });
else await ask('mutation ($input: [UpdateProductVariantInput!]!) { updateProductVariants(input: $input) { id } }', { input });

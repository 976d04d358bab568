// Gives a running Vendure, beside its own sample, the goods of goods.csv and three discount codes, once: seed.mjs ADMIN-API.
// Writes the ids to contract.json.
import fs from 'node:fs';
import { admin, ids } from './admin.mjs';
import { goods } from './goods.mjs';

const ask = await admin(process.argv[2]);
const en = (fields) => [{ languageCode: 'en', ...fields }];

// ---- facets

const { facets } = await ask('{ facets(options: {take: 100}) { items { id code values { id name } } } }');
const known = new Map(facets.items.map((facet) => [facet.code, { id: facet.id, values: new Map(facet.values.map(({ name, id }) => [name, id])) }]));

async function facetValue(code, name) {
  if (!known.has(code)) {
    const input = { code, isPrivate: false, translations: en({ name: code }), values: [] };
    const { createFacet } = await ask('mutation ($input: CreateFacetInput!) { createFacet(input: $input) { id } }', { input });
    known.set(code, { id: createFacet.id, values: new Map() });
  }
  const facet = known.get(code);
  if (!facet.values.has(name)) {
    const input = [{ facetId: facet.id, code: `${code}-${name}`.toLowerCase().replace(/[^a-z0-9]+/g, '-'), translations: en({ name }) }];
    const made = await ask('mutation ($input: [CreateFacetValueInput!]!) { createFacetValues(input: $input) { id } }', { input });
    facet.values.set(name, made.createFacetValues[0].id);
  }
  return facet.values.get(name);
}

// ---- products

async function taxFree() {
  const { taxCategories } = await ask('{ taxCategories { items { id name } } }');
  const found = taxCategories.items.find(({ name }) => name === 'No tax');
  if (found) return found.id;
  return (await ask('mutation { createTaxCategory(input: {name: "No tax"}) { id } }')).createTaxCategory.id;
}

async function addProduct(product, taxCategoryId) {
  const facetValueIds = [];
  for (const [code, name] of product.facets) facetValueIds.push(await facetValue(code, name));
  const { name, slug, description } = product;
  const { createProduct } = await ask('mutation ($input: CreateProductInput!) { createProduct(input: $input) { id } }', {
    input: { enabled: true, facetValueIds, translations: en({ name, slug, description }) },
  });
  const options = [];
  for (const [i, group] of product.groups.entries()) {
    const values = [...new Set(product.variants.map((variant) => variant.values[i]))];
    const code = `${slug}-${group}`.toLowerCase();
    const input = { code, translations: en({ name: group }), options: values.map((value) => ({ code: `${code}-${value}`, translations: en({ name: value }) })) };
    const made = await ask('mutation ($input: CreateProductOptionGroupInput!) { createProductOptionGroup(input: $input) { id options { id name } } }', { input });
    await ask('mutation ($productId: ID!, $group: ID!) { addOptionGroupToProduct(productId: $productId, optionGroupId: $group) { id } }', {
      productId: createProduct.id,
      group: made.createProductOptionGroup.id,
    });
    options.push(Object.fromEntries(made.createProductOptionGroup.options.map((option) => [option.name, option.id])));
  }
  const input = product.variants.map((variant) => ({
    productId: createProduct.id,
    sku: variant.sku,
    price: variant.cents,
    taxCategoryId,
    stockOnHand: variant.stock,
    trackInventory: variant.tracked ? 'TRUE' : 'FALSE',
    optionIds: variant.values.map((value, i) => options[i][value]),
    translations: en({ name: [name, ...variant.values].join(' ') }),
  }));
  await ask('mutation ($input: [CreateProductVariantInput!]!) { createProductVariants(input: $input) { id } }', { input });
}

const before = await ids(ask);
const missing = goods().filter(({ slug }) => !before.products[slug]);
const taxCategory = missing.length ? await taxFree() : '';
for (const product of missing) await addProduct(product, taxCategory);

// ---- discount codes

const conditions = [{ code: 'minimum_order_amount', arguments: [{ name: 'amount', value: '5000' }, { name: 'taxInclusive', value: 'true' }] }];
const action = (code, discount) => [{ code, arguments: [{ name: 'discount', value: discount }] }];
const promotions = [
  { couponCode: 'SAVE10', enabled: true, conditions, actions: action('order_percentage_discount', '10') },
  { couponCode: 'TAKE20', enabled: true, conditions: [], actions: action('order_fixed_discount', '2000') },
  { couponCode: 'OLD', enabled: false, conditions: [], actions: action('order_percentage_discount', '50') },
];
const there = await ask('{ promotions(options: {take: 100}) { items { id couponCode conditions { code } } } }');
for (const wanted of promotions) {
  const found = there.promotions.items.find(({ couponCode }) => couponCode === wanted.couponCode);
  if (found?.conditions.length === wanted.conditions.length) continue;
  if (found) await ask('mutation ($id: ID!) { deletePromotion(id: $id) { result } }', { id: found.id });
  const input = { ...wanted, translations: en({ name: wanted.couponCode }) };
  await ask('mutation ($input: CreatePromotionInput!) { createPromotion(input: $input) { __typename } }', { input });
}

// ---- the search index, which Vendure brings up to date a little later

async function notYetFound() {
  const { search } = await ask('{ search(input: {groupByProduct: true, take: 100}) { items { productId } } }');
  const found = new Set(search.items.map(({ productId }) => productId));
  const { products } = await ids(ask);
  return goods().filter(({ slug }) => !found.has(products[slug])).map(({ name }) => name);
}

let waiting = await notYetFound();
for (let tries = 0; waiting.length && tries < 600; tries++) {
  await new Promise((wake) => setTimeout(wake, 100));
  waiting = await notYetFound();
}
if (waiting.length) throw new Error(`after a minute the search does not find ${waiting.join(', ')}`);

fs.writeFileSync('contract.json', JSON.stringify(await ids(ask)));

// The goods of goods.csv, with which every server is filled, so that the same things can be bought everywhere: the columns of Vendure's sample,
// `compareAt`, and `sold` ("4-12/4": from 4 upwards, 12 at most, in packs of 4). Prices are what a shopper pays. Run as a program, prints them as
// rows for `floorwalker catalogue import`.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

function rows(text) {
  const out = [];
  let row = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted && c === '"' && text[i + 1] === '"') field += text[i++];
    else if (c === '"') quoted = !quoted;
    else if (!quoted && (c === ',' || c === '\n')) {
      row.push(field.trim());
      field = '';
      if (c === '\n') out.push(row.splice(0));
    } else if (c !== '\r') field += c;
  }
  return out.filter((one) => one.length > 5);
}

const split = (text, at) => (text ? text.split(at).map((part) => part.trim()) : []);

const sold = (text) => {
  const [, min, max, pack] = /^(\d+)-(\d+)\/(\d+)$/.exec(text) ?? [];
  return min && { min: +min, max: +max, pack: +pack };
};

// [{name, slug, description, facets: [[name, value]], groups: [name],
//   variants: [{sku, values: [text], cents, was, stock, tracked, sold: {min, max, pack} or undefined}]}]
export function goods(file = fileURLToPath(new URL('./goods.csv', import.meta.url))) {
  const [head, ...lines] = rows(fs.readFileSync(file, 'utf8'));
  const products = [];
  for (const line of lines) {
    const row = Object.fromEntries(head.map((name, i) => [name, line[i]]));
    if (row.name) {
      const facets = split(row.facets, '|').map((facet) => facet.split(':'));
      products.push({ name: row.name, slug: row.slug, description: row.description, facets, groups: split(row.optionGroups, '|'), variants: [] });
    }
    products.at(-1).variants.push({
      sku: row.sku,
      values: split(row.optionValues, '|'),
      cents: Math.round(row.price * 100),
      was: row.compareAt ? Math.round(row.compareAt * 100) : 0,
      stock: +row.stockOnHand,
      tracked: row.trackInventory !== 'false',
      sold: sold(row.sold),
    });
  }
  return products;
}

export const facet = (product, name) => product.facets.filter(([of]) => of === name).map(([, value]) => value);

function row(product) {
  const attributes = product.facets.filter(([name]) => name !== 'brand' && name !== 'category');
  return {
    id: product.slug,
    title: product.name,
    brand: facet(product, 'brand')[0],
    kind: facet(product, 'category').at(-1),
    description: product.description,
    attributes: Object.fromEntries(attributes),
    variants: product.variants.map((variant) => ({
      id: variant.sku,
      sku: variant.sku,
      options: Object.fromEntries(product.groups.map((name, i) => [name, variant.values[i]])),
      price: (variant.cents / 100).toFixed(2),
      ...(variant.was && { compare_at: (variant.was / 100).toFixed(2) }),
      stock: variant.tracked ? variant.stock : 'in_stock',
      ...variant.sold,
    })),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const shop = { type: 'shop', name: 'Goods', currency: 'USD', checkout_url: 'https://shop.example.com/checkout' };
  const code = { type: 'discount', code: 'SAVE10', percent: 10, min_total: '50.00' };
  for (const line of [shop, ...goods(process.argv[2]).map(row), code]) console.log(JSON.stringify(line));
}

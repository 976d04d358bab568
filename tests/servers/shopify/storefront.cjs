#!/usr/bin/env node
'use strict';
// Schema-true stand-in for Shopify's Storefront API: every query is validated against Shopify's own published schema
// (npm @shopify/hydrogen-react storefront.schema.json), then executed over a sample catalogue. 127.0.0.1 only.
// POST /api/{version}/graphql.json   env: PORT(3990) CATALOG(products.csv) SCHEMA TOKEN(public) PRIVATE_TOKEN
// fault injection per request header:  x-test-fault: throttled | 430 | 500 | timeout | html
const http = require('http'),
  fs = require('fs'),
  crypto = require('crypto');
const { buildClientSchema, parse, validate, execute, getOperationAST, GraphQLError } = require('graphql');
const SCHEMA = process.env.SCHEMA || require.resolve('@shopify/hydrogen-react/storefront.schema.json');
const raw = JSON.parse(fs.readFileSync(SCHEMA));
const schema = buildClientSchema(raw.data ?? raw);
const VERSION = process.env.VERSION || '2026-04',
  PORT = +(process.env.PORT || 3990);
const TOKEN = process.env.TOKEN || 'public-test-token',
  PRIV = process.env.PRIVATE_TOKEN || 'shpat_private-test-token';
const gid = (t, id) => `gid://shopify/${t}/${id}`;
// --- catalogue from a products.csv (Vendure's sample format) ---
function csv(s) {
  const rows = [];
  let f = '',
    r = [],
    q = false;
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
      r.push(f.trim());
      f = '';
    } else if (c === '\n') {
      r.push(f.trim());
      rows.push(r);
      r = [];
      f = '';
    } else if (c !== '\r') f += c;
  }
  if (r.length) {
    r.push(f.trim());
    rows.push(r);
  }
  const h = rows.shift();
  return rows.filter((x) => x.length > 5).map((x) => Object.fromEntries(h.map((k, i) => [k, x[i]])));
}
const split = (s, d) => (s ? s.split(d).map((x) => x.trim()) : []);
const money = (cents, cur) => ({ amount: (cents / 100).toFixed(2).replace(/0$/, ''), currencyCode: cur });
const sold = (text) => {
  const [, minimum, maximum, increment] = /^(\d+)-(\d+)\/(\d+)$/.exec(text || '') || [, 1, null, 1];
  return { increment: +increment, minimum: +minimum, maximum: maximum && +maximum };
};
const products = [];
const variants = new Map();
const bySku = new Map();
for (const r of csv(fs.readFileSync(process.env.CATALOG, 'utf8'))) {
  if (r.name) {
    const facets = split(r.facets, '|').map((x) => x.split(':'));
    products.push({
      n: products.length + 1,
      title: r.name,
      handle: r.slug,
      description: r.description,
      tags: facets.map((f) => f[1]),
      vendor: (facets.find((f) => f[0] === 'brand') || [, 'Demo'])[1],
      type: (facets.filter((f) => f[0] === 'category').at(-1) || [, ''])[1],
      groups: split(r.optionGroups, '|'),
      image: split(r.assets, '|')[0],
      facets,
      variants: [],
    });
  }
  const p = products.at(-1),
    vals = split(r.optionValues, '|'),
    v = {
      id: gid('ProductVariant', 1000 + variants.size),
      sku: r.sku,
      cents: Math.round(+r.price * 100),
      was: Math.round(+(r.compareAt || 0) * 100),
      stock: +r.stockOnHand || 0,
      tracked: r.trackInventory !== 'false',
      sold: sold(r.sold),
      p,
      selectedOptions: vals.length
        ? vals.map((value, i) => ({ name: p.groups[i], value }))
        : [{ name: 'Title', value: 'Default Title' }],
    };
  v.title = v.selectedOptions.map((o) => o.value).join(' / ');
  v.initial = { cents: v.cents, stock: v.stock };
  p.variants.push(v);
  variants.set(v.id, v);
  bySku.set(v.sku, v);
}
const left = (v) => (v.tracked ? v.stock : Infinity);
const RATE = { USD: 1, EUR: 0.9, GBP: 0.8, CAD: 1.35 },
  CUR = { US: 'USD', DE: 'EUR', FR: 'EUR', GB: 'GBP', CA: 'CAD' };
const price = (v, c) => money(Math.round(v.cents * RATE[c.cur]), c.cur);
const conn = (items, a, map) => {
  if (a.first == null && a.last == null) throw new GraphQLError('you must provide one of first or last');
  if ((a.first ?? a.last) > 250) throw new GraphQLError('first cannot be greater than 250');
  const off = a.after ? +Buffer.from(a.after, 'base64').toString() + 1 : 0;
  const sl = items.slice(off, off + (a.first ?? a.last));
  const cur = (i) => Buffer.from(String(off + i)).toString('base64');
  return {
    nodes: sl.map(map),
    edges: sl.map((x, i) => ({ cursor: cur(i), node: map(x) })),
    totalCount: items.length,
    productFilters: [],
    pageInfo: {
      hasNextPage: off + sl.length < items.length,
      hasPreviousPage: off > 0,
      startCursor: sl.length ? cur(0) : null,
      endCursor: sl.length ? cur(sl.length - 1) : null,
    },
  };
};
const mf = (p, a) => {
  const f = p.facets.find((x) => x[0] === a.key && (a.namespace ?? 'custom') === 'custom');
  return f
    ? {
        __typename: 'Metafield',
        id: gid('Metafield', p.n),
        key: a.key,
        namespace: 'custom',
        type: 'single_line_text_field',
        value: f[1],
        createdAt: T0,
        updatedAt: T0,
        parentResource: null,
      }
    : null;
};
const T0 = '2026-01-01T00:00:00Z';
const V = (v, c) => ({
  __typename: 'ProductVariant',
  id: v.id,
  title: v.title,
  sku: v.sku,
  availableForSale: left(v) > 0,
  currentlyNotInStock: false,
  taxable: true,
  requiresShipping: true,
  quantityAvailable: () => {
    if (c.tokenless)
      throw new GraphQLError(
        'Access denied for quantityAvailable field. Required access: `unauthenticated_read_product_inventory` access scope.',
        {
          extensions: {
            code: 'ACCESS_DENIED',
            requiredAccess: '`unauthenticated_read_product_inventory` access scope.',
          },
        },
      );
    return v.tracked ? v.stock : 0;
  },
  price: price(v, c),
  compareAtPrice: v.was ? money(Math.round(v.was * RATE[c.cur]), c.cur) : null,
  selectedOptions: v.selectedOptions,
  image: null,
  product: () => P(v.p, c),
  metafield: (a) => mf(v.p, a),
  metafields: (a) => a.identifiers.map((i) => mf(v.p, i)),
  quantityRule: v.sold,
  requiresComponents: false,
});
const P = (p, c) => {
  const by = [...p.variants].sort((a, b) => a.cents - b.cents);
  return {
    __typename: 'Product',
    id: gid('Product', p.n),
    handle: p.handle,
    title: p.title,
    description: p.description,
    descriptionHtml: `<p>${p.description}</p>`,
    vendor: p.vendor,
    productType: p.type,
    tags: () => {
      if (c.tokenless)
        throw new GraphQLError('Access denied for tags field.', { extensions: { code: 'ACCESS_DENIED' } });
      return p.tags;
    },
    availableForSale: p.variants.some((v) => left(v) > 0),
    totalInventory: p.variants.reduce((s, v) => s + v.stock, 0),
    createdAt: T0,
    updatedAt: p.updated ?? T0,
    publishedAt: T0,
    isGiftCard: false,
    requiresSellingPlan: false,
    onlineStoreUrl: `https://demo.test/products/${p.handle}`,
    featuredImage: null,
    options: p.groups.map((g, i) => ({
      id: gid('ProductOption', p.n * 10 + i),
      name: g,
      optionValues: [...new Set(p.variants.map((v) => v.selectedOptions[i].value))].map((n) => ({
        id: gid('ProductOptionValue', n),
        name: n,
      })),
    })),
    priceRange: { minVariantPrice: price(by[0], c), maxVariantPrice: price(by.at(-1), c) },
    compareAtPriceRange: { minVariantPrice: money(0, c.cur), maxVariantPrice: money(0, c.cur) },
    variants: (a) => conn(p.variants, a, (v) => V(v, c)),
    variantsCount: { count: p.variants.length, precision: 'EXACT' },
    images: (a) => conn([], a, (x) => x),
    media: (a) => conn([], a, (x) => x),
    collections: (a) => conn([], a, (x) => x),
    metafield: (a) => mf(p, a),
    metafields: (a) => a.identifiers.map((i) => mf(p, i)),
    selectedOrFirstAvailableVariant: (a) => {
      const m =
        a.selectedOptions &&
        p.variants.find((v) =>
          a.selectedOptions.every((o) => v.selectedOptions.some((s) => s.name === o.name && s.value === o.value)),
        );
      return V(m || p.variants.find((v) => left(v) > 0) || p.variants[0], c);
    },
    variantBySelectedOptions: (a) => {
      const m = p.variants.find((v) =>
        a.selectedOptions.every((o) => v.selectedOptions.some((s) => s.name === o.name && s.value === o.value)),
      );
      return m ? V(m, c) : null;
    },
    seo: {},
  };
};
const DATES = /updated_at:>='([^']*)'/;
const withoutDates = (q) => (q || '').replace(DATES, '');
const changedSince = (p, q) => !DATES.test(q || '') || (p.updated ?? T0) >= DATES.exec(q)[1];
const match = (p, q) =>
  (q || '')
    .toLowerCase()
    .replace(/\b(title|tag|vendor|product_type|available_for_sale):/g, ' ')
    .replace(/["'*]/g, '')
    .split(/\s+/)
    .filter(Boolean)
    .every((w) => `${p.title} ${p.description} ${p.tags.join(' ')} ${p.vendor}`.toLowerCase().includes(w));
const filt = (ps, fs_) =>
  ps.filter((p) =>
    (fs_ || []).every(
      (f) =>
        (f.available == null || p.variants.some((v) => left(v) > 0) === f.available) &&
        (!f.price ||
          p.variants.some((v) => v.cents / 100 >= (f.price.min ?? 0) && v.cents / 100 <= (f.price.max ?? 1e12))) &&
        (!f.productVendor || p.vendor === f.productVendor) &&
        (!f.tag || p.tags.includes(f.tag)) &&
        (!f.productType || p.type === f.productType) &&
        (!f.variantOption ||
          p.variants.some((v) =>
            v.selectedOptions.some((o) => o.name === f.variantOption.name && o.value === f.variantOption.value),
          )),
    ),
  );
const sorted = (ps, a) => {
  const s = [...ps];
  if (a.sortKey === 'PRICE') s.sort((x, y) => x.variants[0].cents - y.variants[0].cents);
  if (a.sortKey === 'TITLE') s.sort((x, y) => x.title.localeCompare(y.title));
  return a.reverse ? s.reverse() : s;
};
// --- carts ---
const carts = new Map();
const CODES = { SAVE10: { rate: 0.1, from: 5000 }, TAKE20: { cents: 2000 } };
const off = (sub, code) => {
  const rule = CODES[code.toUpperCase()];
  if (!rule || sub < (rule.from || 0)) return 0;
  return rule.rate ? Math.round(sub * rule.rate) : Math.min(sub, rule.cents);
};
const newCart = (c) => {
  const tok = crypto.randomBytes(12).toString('base64url'),
    key = crypto.randomBytes(16).toString('hex');
  const cart = {
    tok,
    key,
    id: `gid://shopify/Cart/${tok}?key=${key}`,
    lines: [],
    codes: [],
    n: 1,
    cur: c.cur,
    country: c.country,
  };
  carts.set(tok, cart);
  return cart;
};
const find = (id, c) => {
  const m = /^gid:\/\/shopify\/Cart\/([^?]+)(?:\?key=(.*))?$/.exec(id);
  const k = m && carts.get(m[1]);
  return k && k.key === m[2] ? k : null;
};
const C = (k, c) => {
  const cc = { ...c, cur: k.cur };
  const lineCents = (l) => Math.round(l.v.cents * RATE[k.cur]) * l.q;
  const sub = k.lines.reduce((s, l) => s + lineCents(l), 0);
  const ok = k.codes.filter((x) => off(sub, x) > 0);
  const disc = ok.length ? off(sub, ok[0]) : 0;
  const shares = new Map(k.lines.map((l) => [l, Math.floor((disc * lineCents(l)) / (sub || 1))]));
  const rest = disc - [...shares.values()].reduce((a, b) => a + b, 0);
  if (rest) shares.set(k.lines[0], shares.get(k.lines[0]) + rest);
  const L = (l) => ({
    __typename: 'CartLine',
    id: l.id,
    quantity: l.q,
    merchandise: V(l.v, cc),
    attributes: l.attributes || [],
    discountAllocations: disc
      ? [
          {
            __typename: 'CartCodeDiscountAllocation',
            code: ok[0],
            discountedAmount: money(shares.get(l), k.cur),
            targetType: 'LINE_ITEM',
            discountApplication: {},
          },
        ]
      : [],
    cost: {
      amountPerQuantity: price(l.v, cc),
      compareAtAmountPerQuantity: null,
      subtotalAmount: money(lineCents(l), k.cur),
      totalAmount: money(lineCents(l) - shares.get(l), k.cur),
    },
  });
  return {
    __typename: 'Cart',
    id: k.id,
    checkoutUrl: `https://demo.test/cart/c/${k.tok}?key=${k.key}`,
    createdAt: T0,
    updatedAt: T0,
    note: k.note ?? null,
    totalQuantity: k.lines.reduce((s, l) => s + l.q, 0),
    lines: (a) => conn(k.lines, a, L),
    attributes: [],
    discountAllocations: [],
    appliedGiftCards: [],
    discountCodes: k.codes.map((code) => ({ code, applicable: ok[0] === code })),
    buyerIdentity: { countryCode: k.country, email: null, phone: null },
    cost: {
      subtotalAmount: money(sub - disc, k.cur),
      subtotalAmountEstimated: true,
      totalAmount: money(sub - disc, k.cur),
      totalAmountEstimated: true,
      checkoutChargeAmount: money(sub - disc, k.cur),
      totalTaxAmount: null,
      totalDutyAmount: null,
    },
  };
};
const mut = (f) => (a, c) => {
  const w = [],
    e = [];
  const k = f(a, c, w, e);
  return { cart: k ? C(k, c) : null, userErrors: e, warnings: w };
};
const bad = (e, message, code, field) => {
  e.push({ __typename: 'CartUserError', message, code, field });
};
// Whether so many of it may be in one cart.
const sellable = (v, q, e, field) => {
  const { minimum, maximum, increment } = v.sold;
  if (q < minimum) bad(e, `The quantity must be at least ${minimum}.`, 'MINIMUM_NOT_MET', field);
  else if (maximum && q > maximum) bad(e, `The quantity must be at most ${maximum}.`, 'MAXIMUM_EXCEEDED', field);
  else if (q % increment) bad(e, `The quantity must be a multiple of ${increment}.`, 'INVALID_INCREMENT', field);
  else return true;
  return false;
};
const put = (k, ls, w, e, base) => {
  const vs = ls.map((l, i) => {
    const v = variants.get(l.merchandiseId);
    if (!v)
      bad(e, `The merchandise with id ${l.merchandiseId} does not exist.`, 'INVALID', [
        ...base,
        String(i),
        'merchandiseId',
      ]);
    if ((l.quantity ?? 1) < 0)
      bad(e, 'Quantity must be greater than or equal to zero', 'LESS_THAN', [...base, String(i), 'quantity']);
    else if (v) sellable(v, (k.lines.find((y) => y.v === v)?.q ?? 0) + (l.quantity ?? 1), e, [...base, String(i), 'quantity']);
    return v;
  });
  if (e.length) return;
  ls.forEach((l, i) => {
    let x = k.lines.find((y) => y.v === vs[i]);
    if (!x)
      k.lines.push(
        (x = {
          id: `gid://shopify/CartLine/${crypto.randomUUID()}?cart=${k.tok}`,
          v: vs[i],
          q: 0,
          attributes: l.attributes,
        }),
      );
    clamp(x, x.q + (l.quantity ?? 1), w);
  });
};
const clamp = (x, q, w) => {
  x.q = Math.min(q, left(x.v));
  if (x.q < q)
    w.push({
      __typename: 'CartWarning',
      code: x.v.stock ? 'MERCHANDISE_NOT_ENOUGH_STOCK' : 'MERCHANDISE_OUT_OF_STOCK',
      message: x.v.stock
        ? `Only ${x.v.stock} items were added to your cart due to availability.`
        : 'This item is out of stock.',
      target: x.id,
    });
};
const codesWarn = (k, w) =>
  k.codes
    .filter((x) => !CODES[x.toUpperCase()])
    .forEach((x) =>
      w.push({
        __typename: 'CartWarning',
        code: 'DISCOUNT_NOT_FOUND',
        message: `Enter a valid discount code`,
        target: k.id,
      }),
    );
const need = (a, c, e) => {
  const k = find(a.cartId, c);
  if (!k) bad(e, 'The specified cart does not exist.', 'INVALID', ['cartId']);
  return k;
};
const root = {
  shop: {
    name: 'Demo',
    primaryDomain: { host: 'demo.test', url: 'https://demo.test', sslEnabled: true },
    paymentSettings: {
      currencyCode: 'USD',
      countryCode: 'US',
      enabledPresentmentCurrencies: Object.keys(RATE),
      acceptedCardBrands: [],
      cardVaultUrl: 'https://x',
      supportedDigitalWallets: [],
    },
    shipsToCountries: Object.keys(CUR),
    id: gid('Shop', 1),
    refundPolicy: {
      __typename: 'ShopPolicy',
      id: gid('ShopPolicy', 1),
      handle: 'refund-policy',
      title: 'Returns',
      body: '<p>Within 30 days.</p>',
      url: 'https://demo.test/policies/refund-policy',
    },
  },
  localization: (a, c) => ({
    country: {
      isoCode: c.country,
      name: c.country,
      currency: { isoCode: c.cur, name: c.cur, symbol: c.cur },
      unitSystem: 'METRIC',
      availableLanguages: [],
    },
    language: { isoCode: 'EN', name: 'English', endonymName: 'English' },
    availableCountries: [],
    availableLanguages: [],
  }),
  product: (a, c) => {
    const p = products.find((p) => (a.handle ? p.handle === a.handle : gid('Product', p.n) === a.id));
    return p ? P(p, c) : null;
  },
  products: (a, c) =>
    conn(
      sorted(
        products.filter((p) => changedSince(p, a.query) && match(p, withoutDates(a.query))),
        a,
      ),
      a,
      (p) => P(p, c),
    ),
  search: (a, c) =>
    conn(
      sorted(
        filt(
          products.filter((p) => match(p, a.query)),
          a.productFilters,
        ),
        a,
      ),
      a,
      (p) => P(p, c),
    ),
  predictiveSearch: (a, c) => ({
    products: products
      .filter((p) => match(p, a.query))
      .slice(0, a.limit ?? 10)
      .map((p) => P(p, c)),
    collections: [],
    pages: [],
    articles: [],
    queries: [],
  }),
  productRecommendations: (a, c) => products.slice(0, 4).map((p) => P(p, c)),
  nodes: (a, c) =>
    a.ids.map((i) =>
      variants.has(i)
        ? V(variants.get(i), c)
        : ((p) => (p ? P(p, c) : null))(products.find((p) => gid('Product', p.n) === i)),
    ),
  node: (a, c) => (variants.has(a.id) ? V(variants.get(a.id), c) : null),
  cart: (a, c) => {
    const m = /^gid:\/\/shopify\/Cart\/([^?]+)/.exec(a.id),
      k = m && carts.get(m[1]);
    if (!k) return null;
    return find(a.id, c)
      ? C(k, c)
      : { ...C(k, c), id: `gid://shopify/Cart/${k.tok}`, checkoutUrl: `https://demo.test/cart/c/${k.tok}` };
  }, // without ?key= the real API answers with buyer details removed; mutations fail
  cartCreate: mut((a, c, w, e) => {
    const i = a.input || {};
    const k = newCart({
      ...c,
      country: i.buyerIdentity?.countryCode || c.country,
      cur: CUR[i.buyerIdentity?.countryCode] || c.cur,
    });
    put(k, i.lines || [], w, e, ['input', 'lines']);
    if (e.length) {
      carts.delete(k.tok);
      return null;
    }
    k.codes = i.discountCodes || [];
    codesWarn(k, w);
    return k;
  }),
  cartLinesAdd: mut((a, c, w, e) => {
    const k = need(a, c, e);
    if (k) put(k, a.lines, w, e, ['lines']);
    return k;
  }),
  cartLinesUpdate: mut((a, c, w, e) => {
    const k = need(a, c, e);
    if (!k) return null;
    for (const [i, l] of a.lines.entries()) {
      const x = k.lines.find((y) => y.id === l.id);
      if (!x) {
        bad(e, `The merchandise line with id ${l.id} does not exist.`, 'INVALID_MERCHANDISE_LINE', [
          'lines',
          String(i),
          'id',
        ]);
        continue;
      }
      if (l.quantity === 0) k.lines = k.lines.filter((y) => y !== x);
      else if (l.quantity != null && sellable(x.v, l.quantity, e, ['lines', String(i), 'quantity'])) clamp(x, l.quantity, w);
    }
    return k;
  }),
  cartLinesRemove: mut((a, c, w, e) => {
    const k = need(a, c, e);
    if (k) k.lines = k.lines.filter((y) => !a.lineIds.includes(y.id));
    return k;
  }),
  cartDiscountCodesUpdate: mut((a, c, w, e) => {
    const k = need(a, c, e);
    if (k) {
      k.codes = a.discountCodes;
      codesWarn(k, w);
    }
    return k;
  }),
  cartNoteUpdate: mut((a, c, w, e) => {
    const k = need(a, c, e);
    if (k) k.note = a.note;
    return k;
  }),
  cartBuyerIdentityUpdate: mut((a, c, w, e) => {
    const k = need(a, c, e);
    if (k && a.buyerIdentity.countryCode) {
      k.country = a.buyerIdentity.countryCode;
      k.cur = CUR[k.country] || k.cur;
    }
    return k;
  }),
};
const typeResolver = (v) => v?.__typename; // interfaces and unions
for (const t of Object.values(schema.getTypeMap())) if ('resolveType' in t) t.resolveType = typeResolver;
const ctxOf = (doc, vars, req) => {
  const op = getOperationAST(doc);
  const d = op.directives?.find((x) => x.name.value === 'inContext');
  const arg = (n) => {
    const x = d?.arguments.find((y) => y.name.value === n)?.value;
    return x ? (x.kind === 'Variable' ? vars?.[x.name.value] : x.value) : undefined;
  };
  const country = arg('country') || 'US';
  return { country, cur: CUR[country] || 'USD', language: arg('language') || 'EN', tokenless: req.tokenless };
};
// What a merchant does meanwhile: /test/set?sku=S&stock=N&cents=N or ?handle=H&title=T, /test/reset?sku=S; /test/ids tells what is what.
const merchant = (url) => {
  const v = bySku.get(url.searchParams.get('sku'));
  if (url.pathname === '/test/reset') Object.assign(v, v.initial);
  for (const what of ['stock', 'cents']) if (url.searchParams.has(what)) v[what] = +url.searchParams.get(what);
  const p = v?.p ?? products.find((one) => one.handle === url.searchParams.get('handle'));
  if (p && url.searchParams.has('title')) p.title = url.searchParams.get('title');
  if (p) p.updated = new Date().toISOString();
  return {
    products: Object.fromEntries(products.map((p) => [p.handle, gid('Product', p.n)])),
    variants: Object.fromEntries([...bySku].map(([sku, one]) => [sku, one.id])),
  };
};
const started = new Date().toISOString();
let n = 0;
const server = http.createServer((req, res) => {
  const send = (s, b, h = {}) => {
    res.writeHead(s, {
      'content-type': 'application/json; charset=utf-8',
      'x-request-id': crypto.randomUUID(),
      'x-shopify-api-version': VERSION,
      ...h,
    });
    res.end(typeof b === 'string' ? b : JSON.stringify(b));
  };
  const m = /^\/api\/([^/]+)\/graphql(?:\.json)?$/.exec(req.url.split('?')[0]);
  if (req.url === '/health') return send(200, { ok: true, n, started });
  if (req.url.startsWith('/test/')) return send(200, merchant(new URL(req.url, 'http://test')));
  if (!m || req.method !== 'POST') return send(404, { errors: 'Not Found' });
  let b = '';
  req.on('data', (d) => {
    b += d;
    if (b.length > 1e6) req.destroy();
  });
  req.on('end', async () => {
    n++;
    const f = req.headers['x-test-fault'];
    if (f === 'throttled') return send(200, { errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }] });
    if (f === '430') return send(430, 'Shopify Security Rejection', { 'content-type': 'text/plain' });
    if (f === '500')
      return send(500, {
        errors: [
          { message: 'Internal error', extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: crypto.randomUUID() } },
        ],
      });
    if (f === 'html') return send(200, '<html>', { 'content-type': 'text/html' });
    if (f === 'timeout') return;
    const pub = req.headers['x-shopify-storefront-access-token'],
      priv = req.headers['shopify-storefront-private-token'];
    if ((pub && pub !== TOKEN) || (priv && priv !== PRIV))
      return send(401, { errors: [{ message: '', extensions: { code: 'UNAUTHORIZED' } }] });
    req.tokenless = !pub && !priv;
    let j;
    try {
      j = JSON.parse(b);
    } catch {
      return send(400, { errors: 'Bad Request' });
    }
    let doc;
    try {
      doc = parse(j.query || '');
    } catch (e) {
      return send(200, {
        errors: [{ message: e.message, locations: e.locations, extensions: { code: 'graphqlParseError' } }],
      });
    }
    const errs = validate(schema, doc);
    if (errs.length)
      return send(200, {
        errors: errs.map((e) => ({
          message: e.message,
          locations: e.locations,
          extensions: { code: 'undefinedField' },
        })),
      });
    const r = await execute({
      schema,
      document: doc,
      rootValue: root,
      contextValue: ctxOf(doc, j.variables, req),
      variableValues: j.variables,
      operationName: j.operationName,
    });
    const c = ctxOf(doc, j.variables, req);
    r.extensions = { cost: undefined, context: { country: c.country, language: c.language } };
    send(200, r);
  });
});
server.listen(PORT, '127.0.0.1', () =>
  console.log(
    `READY http://127.0.0.1:${PORT}/api/${VERSION}/graphql.json ${products.length} products ${variants.size} variants`,
  ),
);

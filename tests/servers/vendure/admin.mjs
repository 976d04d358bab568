// Vendure's Admin API, signed in: (query, variables) -> data.
export async function admin(url) {
  let token = '';
  const ask = async (query, variables) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query, variables }),
    });
    token = response.headers.get('vendure-auth-token') ?? token;
    const answer = await response.json();
    if (answer.errors) throw new Error(JSON.stringify(answer.errors));
    return answer.data;
  };
  await ask('mutation { login(username: "superadmin", password: "superadmin") { __typename } }');
  return ask;
}

// Ids of variants by SKU, and of products by slug.
export async function ids(ask) {
  const { products } = await ask('{ products(options: {take: 100}) { items { id slug variants { id sku } } } }');
  const variants = products.items.flatMap((product) => product.variants);
  return {
    products: Object.fromEntries(products.items.map(({ slug, id }) => [slug, id])),
    variants: Object.fromEntries(variants.map(({ sku, id }) => [sku, id])),
  };
}

// Medusa's Admin API, signed in: (method, path, body) -> answer.
export async function admin(url) {
  let token = '';
  const call = async (method, path, body) => {
    const response = await fetch(url + path, {
      method,
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: body && JSON.stringify(body),
    });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(`${method} ${path} ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };
  token = (await call('POST', '/auth/user/emailpass', { email: 'admin@test.local', password: 'supersecret' })).token;
  return call;
}

// Every variant by SKU with its product, and products by handle.
export async function ids(call) {
  const { products } = await call('GET', '/admin/products?limit=200&fields=id,handle,variants.id,variants.sku');
  return {
    products: Object.fromEntries(products.map(({ handle, id }) => [handle, id])),
    variants: Object.fromEntries(products.flatMap((product) => product.variants.map(({ sku, id }) => [sku, id]))),
    owners: Object.fromEntries(products.flatMap((product) => product.variants.map(({ sku }) => [sku, product.id]))),
  };
}

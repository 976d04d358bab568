// Gives a running Vendure the discount code SAVE10 (10 % off), once.
const [url] = process.argv.slice(2);
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
const { promotions } = await ask('{ promotions(options: {filter: {couponCode: {eq: "SAVE10"}}}) { items { id } } }');
if (promotions.items.length === 0) {
  await ask('mutation ($input: CreatePromotionInput!) { createPromotion(input: $input) { __typename } }', {
    input: {
      enabled: true,
      couponCode: 'SAVE10',
      translations: [{ languageCode: 'en', name: '10% off' }],
      conditions: [],
      actions: [{ code: 'order_percentage_discount', arguments: [{ name: 'discount', value: '10' }] }],
    },
  });
}

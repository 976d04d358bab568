// What a merchant does meanwhile: merchant.mjs URL stock SKU COUNT | price SKU CENTS | name SLUG NAME | reset SKU... | ids
const [url, action, ...rest] = process.argv.slice(2);
const ask = async (path) => (await fetch(url + path)).json();
if (action === 'stock') await ask(`/test/set?sku=${rest[0]}&stock=${rest[1]}`);
if (action === 'name') await ask(`/test/set?handle=${rest[0]}&title=${encodeURIComponent(rest[1])}`);
if (action === 'price') await ask(`/test/set?sku=${rest[0]}&cents=${rest[1]}`);
for (const sku of action === 'reset' ? rest : []) await ask(`/test/reset?sku=${sku}`);
if (action === 'ids') console.log(JSON.stringify(await ask('/test/ids')));

'use strict';
process.env.VENDURE_LOG ||= 'Warn';
const path = require('path');
const fs = require('fs');
const { bootstrap, bootstrapWorker, mergeConfig, JobQueueService } = require('@vendure/core');
const { populate } = require('@vendure/core/cli');
const { config, DATA } = require('./config');
(async () => {
  fs.rmSync(DATA, { recursive: true, force: true });
  fs.mkdirSync(DATA, { recursive: true });
  const assets = path.join(path.dirname(require.resolve('@vendure/create/package.json')), 'assets');
  const t = Date.now();
  const app = await populate(
    () => bootstrap(mergeConfig(config, { apiOptions: { port: config.apiOptions.port + 1 } })),
    JSON.parse(fs.readFileSync(path.join(assets, 'initial-data.json'), 'utf8')),
    path.join(assets, 'products.csv'),
  );
  // run the queued jobs (search index, collection filters) before closing
  await app.get(JobQueueService).start();
  const { DataSource } = require('typeorm');
  const ds = app.get(DataSource);
  for (let i = 0; i < 600; i++) {
    const [{ n }] = await ds.query('select count(*) n from job_record where isSettled=0');
    if (!n) break;
    await new Promise((r) => setTimeout(r, 200));
  }
  await app.close();
  fs.writeFileSync(path.join(DATA, '.populated'), '');
  console.log(`populated in ${((Date.now() - t) / 1000).toFixed(1)} s`);
  process.exit(0);
})().catch((e) => {
  console.error(e);
  process.exit(1);
});

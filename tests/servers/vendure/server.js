'use strict';
const { bootstrap, JobQueueService } = require('@vendure/core');
const { config } = require('./config');
bootstrap(config)
  .then((app) => app.get(JobQueueService).start())
  .then(() => console.log(`READY http://127.0.0.1:${config.apiOptions.port}/shop-api`))
  .catch((e) => {
    console.error(e);
    process.exit(1);
  });

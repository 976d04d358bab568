'use strict';
const path = require('path');
const {
  DefaultJobQueuePlugin,
  DefaultSearchPlugin,
  DefaultLogger,
  LogLevel,
  InMemoryJobQueueStrategy,
  dummyPaymentHandler,
} = require('@vendure/core');
const { AssetServerPlugin } = require('@vendure/asset-server-plugin');
const DATA = process.env.VENDURE_DATA || path.join(__dirname, 'data');
const port = +(process.env.PORT || 3900);
exports.DATA = DATA;
exports.config = {
  apiOptions: {
    hostname: '127.0.0.1',
    port,
    adminApiPath: 'admin-api',
    shopApiPath: 'shop-api',
    shopApiPlayground: false,
    adminApiPlayground: false,
    introspection: true,
  },
  authOptions: {
    tokenMethod: ['bearer', 'cookie'],
    superadminCredentials: { identifier: 'superadmin', password: 'superadmin' },
    cookieOptions: { secret: 'test-only-secret' },
  },
  logger: new DefaultLogger({ level: LogLevel[process.env.VENDURE_LOG || 'Info'] }),
  dbConnectionOptions: {
    type: 'better-sqlite3',
    synchronize: true,
    logging: false,
    database: path.join(DATA, 'vendure.sqlite'),
  },
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  importExportOptions: {
    importAssetsDir: path.join(path.dirname(require.resolve('@vendure/create/package.json')), 'assets/images'),
  },
  systemOptions: {},
  plugins: [
    AssetServerPlugin.init({
      route: 'assets',
      assetUploadDir: path.join(DATA, 'assets'),
      assetUrlPrefix: `http://127.0.0.1:${port}/assets/`,
    }),
    DefaultJobQueuePlugin.init({ useDatabaseForBuffer: false }),
    DefaultSearchPlugin.init({ bufferUpdates: false, indexStockStatus: true }),
  ],
};

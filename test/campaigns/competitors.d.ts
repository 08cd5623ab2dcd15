/** What campaigns alone need is installed by this package; types are checked without it. */
declare module 'pg-boss';
declare module 'graphile-worker';
declare module 'graphile-worker/dist/lib.js';
declare module 'graphile-worker/dist/sql/completeJob.js';
declare module 'graphile-worker/dist/sql/getJob.js';
declare module 'graphile-worker-local-queue';
declare module 'simple-statistics';

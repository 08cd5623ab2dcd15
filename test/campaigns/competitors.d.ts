/** What campaigns alone need is installed by this package; types are checked without it. */
declare module 'pg-boss';
declare module 'graphile-worker';
declare module 'graphile-worker-local-queue';
declare module 'simple-statistics';

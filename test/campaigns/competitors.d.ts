/** What is measured beside the tool is installed by this package alone; types are checked without it. */
declare module 'pg-boss';
declare module 'graphile-worker';
declare module 'graphile-worker-local-queue';

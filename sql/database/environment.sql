-- The settings that decide what a figure means; reported with every result.
select current_setting('server_version') as "postgresVersion",
  current_setting('synchronous_commit') as "synchronousCommit",
  current_setting('fsync') as "fsync",
  current_setting('full_page_writes') as "fullPageWrites",
  current_setting('autovacuum') as "autovacuum"

-- Sent before wait-for-*.sql in the same implicit transaction: where a migration switches the batch, waits until it has
-- done so; where the migration has died, for nothing. Same key as ../migrate/lock.sql.
select pg_advisory_xact_lock_shared(hashtextextended('migrate', hashtextextended(batch_id, hashtextextended(current_schema(), 0))))
from batch_essay_trackers
where batch_id = :batch_id and inventory = 'switching'

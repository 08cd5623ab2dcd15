-- Ends the switching, in either direction. Must hold: a batch that is not switching is left alone, for callers may fill
-- it already; where it goes on, every row of the two inventories agrees.
update batch_essay_trackers set inventory = :to, switching_to = null
where batch_id = :batch_id and inventory = 'switching'

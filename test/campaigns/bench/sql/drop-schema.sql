-- What a competitor left of the round before. Must hold: only a schema of the bench's own server.
drop schema if exists :"schema" cascade

-- Makes a database of the tool's own server for a target. Must hold: outside a transaction.
create database :"database"

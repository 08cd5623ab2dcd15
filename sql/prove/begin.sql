-- Opens what PostgreSQL would open by itself around a lone statement, so that its commit is a step of its own.
begin isolation level read committed

# Statements of psycopg2 in each of its ways, printed with what came of them. The URL is the first argument.
import io, sys
import psycopg2

connection = psycopg2.connect(sys.argv[1])
connection.autocommit = True
cursor = connection.cursor()

def tell(text, values=None):
    try:
        cursor.execute(text, values)
        print(text, cursor.rowcount, cursor.description and cursor.fetchall())
    except psycopg2.Error as error:
        print(text, error.pgcode, error.pgerror)

tell("create temp table t (n int, text text)")
tell("insert into t select n, repeat('x', n) from generate_series(1, 2000) n")
tell("select count(*), sum(length(text)) from t where n > %s", (5,))
tell("select no_such_column from t")
tell("prepare p as select $1::int + 1; execute p(1); execute p(2)")
incoming = io.StringIO("".join("%d\tline %d\n" % (n, n) for n in range(20000)))
cursor.copy_expert("copy t from stdin", incoming)
outgoing = io.StringIO()
cursor.copy_expert("copy (select * from t order by n, text) to stdout", outgoing)
print(outgoing.getvalue())
try:
    cursor.copy_expert("copy t from stdin", io.StringIO("not a number\n"))
except psycopg2.Error as error:
    print(error.pgcode, error.pgerror)
connection.autocommit = False
tell("insert into t values (-1, 'undone')")
connection.rollback()
tell("select count(*) from t where n = -1")
named = connection.cursor("portal")
named.itersize = 100
named.execute("select n from t order by n, text limit 1000")
print(sum(n for (n,) in named))
connection.rollback()
connection.autocommit = True
tell("listen news")
tell("notify news, 'said'")
connection.poll()
print([(each.channel, each.payload) for each in connection.notifies])
connection.close()

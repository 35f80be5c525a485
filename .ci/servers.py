"""Stops CI with a sentence when PostgreSQL or Redis is not there: their tests may not be skipped."""

import os
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis


def main() -> None:
    database, cache = os.environ["DATABASE_URL"], os.environ["REDIS_URL"]
    # The tests make a database of their own, so the one named need not be there yet.
    entrance = urlunsplit(urlsplit(database)._replace(path="/postgres"))
    try:
        with psycopg.connect(entrance, connect_timeout=5) as connection:
            version = connection.info.server_version // 10000
    except psycopg.OperationalError as error:
        sys.exit(f"PostgreSQL does not answer; set DATABASE_URL to one that does. ({error})")
    try:
        with redis.Redis.from_url(cache, socket_connect_timeout=5) as client:
            redis_version = client.info("server")["redis_version"]
    except redis.RedisError as error:
        sys.exit(f"Redis does not answer; set REDIS_URL to one that does. ({error})")
    print(f"PostgreSQL {version}, Redis {redis_version}")


if __name__ == "__main__":
    main()

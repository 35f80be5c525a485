# One image for web, worker and beat; docker-compose.yml says which it is. Runs as an ordinary user, keeps its
# data in /data, and answers GET /healthz and /readyz on port 8000.
FROM python:3.11-slim-bookworm AS packages
WORKDIR /lodestone
COPY requirements.txt .
RUN python -m venv /environment \
 && /environment/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements.txt

FROM python:3.11-slim-bookworm
ENV PATH=/environment/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    LODESTONE_DATA=/data LODESTONE_HASHED_STATIC=1 STATIC_ROOT=/lodestone/static
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin lodestone \
 && install -d -o lodestone -g lodestone -m 700 /data
WORKDIR /lodestone
COPY --from=packages /environment /environment
COPY manage.py ./
COPY config config
COPY collection collection
COPY reports reports
# Nothing of this build's throw-away data folder or key stays in the image.
RUN LODESTONE_DATA=/tmp/build SECRET_KEY=only-to-collect-static-files \
    python manage.py collectstatic --no-input --verbosity 0 \
 && rm -rf /tmp/build
USER lodestone
VOLUME /data
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", "--no-ws", "config.wsgi:application"]

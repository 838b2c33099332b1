# syntax=docker/dockerfile:1
# One image for web, workers and beat; docker-compose.yml says which is which.

FROM python:3.11-slim-bookworm AS base
# WeasyPrint's libraries (the fonts of our documents come with the portal), and pg_dump of the version
# of docker-compose.yml's PostgreSQL, for backups.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 postgresql-common \
    && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
    && apt-get install --yes --no-install-recommends postgresql-client-18 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 pio \
    && useradd --uid 10001 --gid pio --no-create-home --shell /usr/sbin/nologin pio \
    && install --directory --owner pio --group pio --mode 0750 /srv/pio/files /srv/pio/backups
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIO_ENV=production \
    MEDIA_ROOT=/srv/pio/files \
    STATIC_ROOT=/srv/pio/static \
    VAR_DIR=/tmp \
    HOME=/tmp
WORKDIR /app

FROM base AS build
RUN python -m venv /opt/venv
COPY requirements.txt .
RUN pip install --no-cache-dir --disable-pip-version-check --compile --no-deps --require-hashes \
        -r requirements.txt
COPY . .
# The key lives in this one command: nothing of it stays in the image. Django writes static files
# with the permissions of uploads (0640), which the unprivileged user could not read.
RUN python -m devtools.translations \
    && SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
        ALLOWED_HOSTS=build python manage.py collectstatic --noinput --verbosity 0 \
    && chmod -R a+rX /app /srv/pio/static \
    && rm -r devtools \
    && python -m compileall -q .

FROM base
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/pio/static /srv/pio/static
COPY --from=build /app .
USER pio
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "--bind", "0.0.0.0:8000", "pio_portal.wsgi"]

# seedwatch in a container: no root, a read-only file system but for /data, which holds config.toml, seeds/ and db/.
# tests/container/check.py runs the same install lines, user, volume, command and health check without a container tool.
FROM python:3.12-slim-bookworm

# install: begin
COPY . /src
RUN python3 -m venv /opt/seedwatch \
 && /opt/seedwatch/bin/python -m pip install --no-cache-dir --quiet -c /src/requirements.lock /src \
 && rm -rf /src
# install: end

RUN install -d -o 10001 -g 10001 -m 0700 /data
ENV HOME=/data PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["/opt/seedwatch/bin/python", "-c", "import urllib.request as web; web.urlopen('http://127.0.0.1:8002/readyz', timeout=4)"]
ENTRYPOINT ["/opt/seedwatch/bin/seedwatch"]
CMD ["run", "--pages", "--health-port", "8002"]

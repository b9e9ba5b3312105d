# The bot as an image of about 1 GB, for amd64 and arm64. README says how to start it with Docker Compose.
#   docker build --tag etf-forecast-bot .
#   docker buildx build --platform linux/amd64,linux/arm64 --tag REGISTRY/etf-forecast-bot --push .
FROM debian:12-slim AS build
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates make python3 python3-venv
WORKDIR /build
COPY Makefile pyproject.toml constraints.txt requirements.lock README.md LICENSE ./
COPY migrations migrations
COPY standin standin
COPY forecasting forecasting
COPY bot bot
# The same installation as a checkout's. Modules are compiled here, since nothing can be written next to them later.
RUN --mount=type=cache,target=/root/.cache/pip make install VENV=/opt/etf-bot PACKAGE='.[postgres]' \
    && /opt/etf-bot/bin/python -m compileall -q -j 0 -x /torch/testing/ /opt/etf-bot/lib

FROM debian:12-slim
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates curl postgresql-client python3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --home-dir /nonexistent etf-bot \
    && mkdir --parents /app/var \
    && chown etf-bot:etf-bot /app/var
COPY --from=build /opt/etf-bot /opt/etf-bot
# All that is written goes to the volume /app/var and to /tmp: the rest can be read-only.
ENV PATH=/opt/etf-bot/bin:$PATH HOME=/tmp HEALTH_PORT=8080
WORKDIR /app
VOLUME /app/var
USER 10001
HEALTHCHECK --interval=30s --timeout=10s --start-period=2m \
    CMD ["curl", "--silent", "--show-error", "--fail-with-body", "http://127.0.0.1:8080/healthz"]
ENTRYPOINT ["etf-bot"]
CMD ["run"]

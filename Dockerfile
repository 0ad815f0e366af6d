# syntax=docker/dockerfile:1

# docker build -t holdfast .
#
# It listens on all addresses of its container, and so refuses to start until it is
# told who may ask: everybody, of those who reach the port on this machine,
#   docker run --rm -p 127.0.0.1:50051:50051 -e HOLDFAST_ALLOW_ANONYMOUS=true holdfast
# or those of an access file:
#   docker run --rm -p 50051:50051 -v ./access.toml:/access.toml:ro -e HOLDFAST_ACCESS=/access.toml holdfast

FROM rust:1.95-bookworm AS build
# Writes into the binaries which crates they are made of, for scanners.
RUN cargo install --locked cargo-auditable@0.7.7
WORKDIR /src
COPY . .
# With an explicit target, RUSTFLAGS leave procedural macros and build.rs alone;
# these cannot be static. What the caches hold outlives the build, but is in no
# layer, so the binaries are copied out in the same step.
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/src/target,sharing=locked \
    host="$(rustc --print host-tuple)" \
    && RUSTFLAGS="-C target-feature=+crt-static" cargo auditable build --locked --release \
        --target "${host}" --bin holdfast-server --bin holdfast-train \
    && mkdir /out \
    && mkdir -m 1777 /out/tmp \
    && install -D /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/ca-certificates.crt \
    && cp "target/${host}/release/holdfast-server" "target/${host}/release/holdfast-train" /out/

FROM scratch
COPY --from=build /out/ /
COPY models/ /models/
ENV HOLDFAST_LISTEN=0.0.0.0:50051 \
    HOLDFAST_LOG_FORMAT=json \
    HOLDFAST_MODELS=/models
USER 65532:65532
EXPOSE 50051
# The probe itself gives up after at most 6 seconds.
HEALTHCHECK --interval=10s --timeout=7s --start-period=5s \
    CMD ["/holdfast-server", "--probe"]
ENTRYPOINT ["/holdfast-server"]

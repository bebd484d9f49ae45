# A static program in an empty image: nothing else to keep up to date in it.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /out/ocopbot ./cmd/ocopbot
# Folders of the image: its own data, and SQLite's large sorts.
RUN mkdir -p /out/data /out/tmp && chmod 0700 /out/data && chmod 1777 /out/tmp

FROM scratch
# Time zones are in the program; the certificates are for Telegram's servers.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build /out/tmp /tmp
COPY --from=build /out/ocopbot /ocopbot
USER 65532:65532
ENV DATABASE_URL=/data/ocopbot.db HTTP_ADDR=:8080
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["/ocopbot", "doctor", "--health"]
ENTRYPOINT ["/ocopbot"]
CMD ["serve"]

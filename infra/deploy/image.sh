#!/bin/sh
# sh infra/deploy/image.sh REPOSITORY: builds the image of planner and ingest from out/packages, pushes it to a repository of ECR
# (<account>.dkr.ecr.<region>.amazonaws.com/lianghu-tables), and prints its address by digest, which is TABLES_IMAGE.
set -eu

repository=${1:?"the repository is missing: <account>.dkr.ecr.<region>.amazonaws.com/lianghu-tables"}
tag=$repository:$(git rev-parse --short=12 HEAD)-$(date -u +%Y%m%d%H%M%S)

aws ecr get-login-password | docker login --username AWS --password-stdin "${repository%%/*}" >&2
# Lambda takes one image and no list of them, which a provenance would make of it.
docker build --platform linux/amd64 --provenance=false --tag "$tag" out/packages/tables-image >&2
docker push "$tag" >&2
docker inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$tag" | grep "^$repository@sha256:"

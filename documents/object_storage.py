"""Private files as objects of S3-compatible storage. Imported only where a bucket is set.

An object appears when all of it arrived: one request, or one that closes a series of parts. The
service checks one request against the SHA-256 that goes with it. Credentials come from where AWS's
own tools look: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or the role of the machine.
"""

import base64
import io
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, Any

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.utils.translation import gettext as _

from documents.storage import Content, Storage, StorageAway, is_name_of_ours

ONE_REQUEST = 1 << 30
"""Bytes; what is larger goes in parts. S3 takes at most 5 GiB at once."""

_GONE = {"NoSuchKey", "404"}
_BUFFER = 1 << 16


@contextmanager
def _answers() -> Iterator[None]:
    """What the service says, as errors of files.

    Raises:
        FileNotFoundError: there is no such object.
        StorageAway: anything else, with the code of the service or the class of the error.
    """
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in _GONE:
            raise FileNotFoundError(code) from error
        raise _away(code) from error
    except (BotoCoreError, Boto3Error) as error:
        raise _away(type(error).__name__) from error


def _away(code: str) -> StorageAway:
    return StorageAway(
        _("De opslag van de bestanden antwoordt niet of weigert (%(code)s).") % {"code": code}
    )


class _Reading(io.RawIOBase):
    """The body of an answer as a stream whose trouble is an OSError too."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _answers():
            piece = self._body.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._body.close()
        super().close()


class Bucket(Storage):
    """Objects of one bucket, below a prefix."""

    def __init__(self, client: Any, name: str, prefix: str) -> None:
        self._client = client
        self._bucket = name
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    @property
    def place(self) -> str:
        return f"s3://{self._bucket}/{self._prefix}"

    def publish(self, source: Path, name: str, sha256: str) -> None:
        size = source.stat().st_size
        if size > ONE_REQUEST:
            self._publish_in_parts(source, name, size)
            return
        digest = base64.b64encode(bytes.fromhex(sha256)).decode()
        with _answers(), source.open("rb") as content:
            self._client.put_object(**self._at(name), Body=content, ChecksumSHA256=digest)

    def open(self, name: str) -> IO[bytes]:
        with _answers():
            body = self._client.get_object(**self._at(name))["Body"]
        return io.BufferedReader(_Reading(body), _BUFFER)

    def size(self, name: str) -> int | None:
        try:
            with _answers():
                return int(self._client.head_object(**self._at(name))["ContentLength"])
        except FileNotFoundError:
            return None

    def delete(self, name: str) -> None:
        with suppress(FileNotFoundError), _answers():
            self._client.delete_object(**self._at(name))

    def listed(self, beginning: str = "") -> Iterator[Content]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=f"{self._prefix}{beginning}"
        )
        with _answers():
            for page in pages:
                for found in page.get("Contents", []):
                    name = found["Key"].removeprefix(self._prefix)
                    if is_name_of_ours(name):
                        yield Content(name, found["Size"], found["LastModified"].timestamp())

    def on_disk(self, name: str, spare: Path) -> Path:
        spare.unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            self.copy(name, spare)
        return spare

    def try_out(self) -> None:
        name, content = f"probe-{uuid.uuid4().hex}", b"x"
        with _answers():
            self._client.put_object(**self._at(name), Body=content)
        try:
            if self.read(name) != content:
                raise _away("BadContent")
        finally:
            self.delete(name)

    def keeps_what_is_removed(self) -> bool:
        with suppress(StorageAway), _answers():  # not every key may ask
            answer = self._client.get_bucket_versioning(Bucket=self._bucket)
            return bool(answer.get("Status") == "Enabled")
        return False

    def _publish_in_parts(self, source: Path, name: str, size: int) -> None:
        with _answers():
            self._client.upload_file(
                str(source),
                self._bucket,
                f"{self._prefix}{name}",
                Config=TransferConfig(multipart_threshold=ONE_REQUEST, max_concurrency=2),
            )
        if self.size(name) != size:
            self.withdraw(name)
            raise _away("IncompleteBody")

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": f"{self._prefix}{name}"}


def bucket(name: str, prefix: str, endpoint: str, region: str) -> Bucket:
    """The bucket of these settings (FILES_S3_…)."""
    return Bucket(_client(endpoint, region), name, prefix)


@cache
def _client(endpoint: str, region: str) -> Any:
    """One for the whole process: it may be used by all threads, and is slow to make."""
    config = Config(
        signature_version="s3v4",
        connect_timeout=5,
        read_timeout=30,
        retries={"mode": "standard", "total_max_attempts": 3},
        # Not every service of another maker has host names per bucket, or knows AWS's newer sums.
        s3={"addressing_style": "path" if endpoint else "auto"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return boto3.session.Session().client(
        "s3", endpoint_url=endpoint or None, region_name=region or None, config=config
    )

"""S3 on loopback, as moto plays it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import pytest
from moto.server import ThreadedMotoServer

REGION = "eu-west-1"
KEY = {
    "AWS_ACCESS_KEY_ID": "proef",
    "AWS_SECRET_ACCESS_KEY": "proef",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@contextmanager
def service() -> Iterator[str]:
    """Serves as long as the block runs, and has the bucket `pio`."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        with pytest.MonkeyPatch.context() as environment:
            for name, value in KEY.items():
                environment.setenv(name, value)
            address = "http://{}:{}".format(*server.get_host_and_port())
            make_bucket(address, "pio")
            yield address
    finally:
        server.stop()


def make_bucket(address: str, name: str, *, keeps_versions: bool = False) -> None:
    """Past the portal, which never makes one."""
    client = boto3.session.Session().client("s3", endpoint_url=address, region_name=REGION)
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    if keeps_versions:
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})

"""Data of botocore is read once by whoever asks for it within `read_once`, and nobody else is concerned."""

from botocore.loaders import JSONFileLoader
from botocore.session import Session

from turnstile.wire.models import read_once, service_model


def test_sessions_share_what_they_read():
    """Two sessions get the same data, and our own models are read apart: moto writes into what it reads."""
    with read_once():
        first, second = (Session().get_component("data_loader").load_service_model("sqs", "service-2") for _ in "12")
    assert first is second
    first["shapes"]["Added"] = {"type": "structure", "exception": True}
    service_model.cache_clear()
    assert "Added" not in {shape.name for shape in service_model("sqs").error_shapes}


def test_sessions_outside_read_for_themselves():
    """The loader is as botocore made it again."""
    before = JSONFileLoader.load_file
    with read_once():
        assert JSONFileLoader.load_file is not before
    assert JSONFileLoader.load_file is before
    first, second = (Session().get_component("data_loader").load_service_model("sqs", "service-2") for _ in "12")
    assert first is not second

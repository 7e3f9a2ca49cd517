"""A reference is searched for on the web by its own permission, and by nothing else."""

import pytest
from google.cloud.vision_v1 import AnnotateImageResponse
from google.rpc import code_pb2

from cluster.paid.desk import PaidDesk
from cluster.paid.outgoing import from_reference
from cluster.paid.search import search_web
from scoring.errors import CatalogError, SettingsError, UnavailableError
from tests.contracts.image_annotator import Fails, FakeImageAnnotator, pixels_sha256, web
from tests.pipelines.markets import TENANT, jpeg
from vision.decode import decode


@pytest.fixture
def server():
    answer = AnnotateImageResponse(web_detection=web(full=["https://thief.test/1.jpg"]))
    with FakeImageAnnotator(lambda pixels: answer) as server:
        yield server


def search(state, reference_id):
    return search_web(state.catalog, state.blobs(TENANT), PaidDesk.of(state.settings), reference_id)


def test_it_takes_the_references_own_permission(server, on):
    first, second = on.catalog.references.of(TENANT)
    with pytest.raises(CatalogError, match=r"Nobody allowed reference.*allow-web"):
        search(on, first.id)
    assert server.calls == []
    on.catalog.opt_ins.allow_search(TENANT, first.id, by="ada")
    assert search(on, first.id).full_urls == ("https://thief.test/1.jpg",)
    with pytest.raises(CatalogError, match="Nobody allowed"):
        search(on, second.id)
    on.catalog.opt_ins.forbid_search(TENANT, first.id)
    with pytest.raises(CatalogError, match="Nobody allowed"):
        search(on, first.id)
    permit_then = decode(on.blobs(TENANT).get(first.sha256))
    assert permit_then.sha256 == first.sha256
    assert [features for features, _ in server.calls[0]] == [("WEB_DETECTION",)]
    assert server.pictures == 1


def test_and_that_web_detection_is_on(server, state):
    reference = state.catalog.references.of(TENANT)[0]
    state.catalog.opt_ins.allow_search(TENANT, reference.id, by="ada")
    with pytest.raises(SettingsError, match=r"web detection is not turned on.*paid on --helper web"):
        search(state, reference.id)
    assert server.calls == []


def test_what_leaves_is_that_reference(server, on):
    reference = on.catalog.references.of(TENANT)[0]
    on.catalog.opt_ins.allow_search(TENANT, reference.id, by="ada")
    search(on, reference.id)
    permit = on.catalog.opt_ins.permit(TENANT, reference.id)
    picture = decode(on.blobs(TENANT).get(reference.sha256))
    assert server.received == [pixels_sha256(decode(from_reference(picture, permit).content).pixels)]
    with pytest.raises(UnavailableError, match="the picture is another"):
        from_reference(decode(jpeg(77)), permit)


def test_no_answer_is_an_error_and_no_silence(server, on):
    reference = on.catalog.references.of(TENANT)[0]
    on.catalog.opt_ins.allow_search(TENANT, reference.id, by="ada")
    server.script = [Fails(code_pb2.PERMISSION_DENIED, "no billing")]
    with pytest.raises(UnavailableError, match="no billing"):
        search(on, reference.id)


def test_a_picture_that_nobody_knows(on, server):
    server.script = []
    reference = on.catalog.references.of(TENANT)[0]
    on.catalog.opt_ins.allow_search(TENANT, reference.id, by="ada")
    server._answer = lambda pixels: AnnotateImageResponse()
    assert search(on, reference.id) is None

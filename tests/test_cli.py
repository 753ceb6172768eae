"""The command line, as a user types it."""

import csv
import gzip
import json
import re
import subprocess
import sys
from io import BytesIO, TextIOWrapper
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from trainfcnn import ACTIVATIONS, DATASETS, IMAGES, Recipe, TrainFCNN, __version__
from trainfcnn.arguments import TABLES
from trainfcnn.cli import main
from trainfcnn.recipe import DEFAULTS, SETTINGS


def test_list_names_every_data_set_with_its_truth(capsys):
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    everything = DATASETS | IMAGES
    assert [line.split()[0] for line in lines] == list(everything)
    assert all(one.formula in line for one, line in zip(everything.values(), lines, strict=True))


@pytest.mark.parametrize("what", TABLES)
def test_every_table_can_be_listed(what, capsys):
    assert main(["list", what]) == 0
    assert capsys.readouterr().out
    if what == "activations":
        main(["list", what])
        assert capsys.readouterr().out.split() == list(ACTIVATIONS)


@pytest.mark.parametrize("command", ["train", "sweep"])
def test_every_field_of_a_recipe_has_its_option(command, capsys):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    told = " ".join(capsys.readouterr().out.split())
    absent = {"weight_seed", "restarts"} if command == "sweep" else set()
    for name, setting in SETTINGS.items():
        assert (f"--{name.replace('_', '-')}" in told) == (name not in absent), name
        assert name in absent | {"dims"} or setting.help in told.replace("- ", "-")


def test_train_says_what_happened_and_saves_a_picture(tmp_path, capsys):
    picture = tmp_path / "xor.png"
    command = "train xor --dims 6 --activation relu --epochs 20 --lr 0.01 --plot"
    assert main([*command.split(), str(picture)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("TrainFCNN('xor'): 2-6-1 relu, adam lr=0.01 cooldown, 20 epochs")
    assert "exact accuracy against the truth" in out
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert list(tmp_path.iterdir()) == [picture]


def test_images_are_trained_on_and_drawn(tmp_path, capsys):
    picture = tmp_path / "digits.png"
    options = "--dims 8 --epochs 2 --n-samples 200 --normalize none --rotate 5 --shift 1"
    assert main(["train", "digits", *options.split(), "--plot", str(picture)]) == 0
    assert capsys.readouterr().out.startswith("TrainFCNN('digits'): 64-8-10")
    assert picture.read_bytes().startswith(b"\x89PNG")


FILM = "train xor --dims 2 --epochs 1 --n-samples 50 --film"


def test_a_film_is_made_of_the_training(tmp_path, capsys):
    path = tmp_path / "xor.gif"
    assert main([*FILM.split(), str(path)]) == 0
    assert capsys.readouterr().out.endswith(f"film: {path}\n")
    with Image.open(path) as film:
        assert film.n_frames == 2
    assert list(tmp_path.iterdir()) == [path]


def test_of_a_training_that_diverged_there_is_no_film(tmp_path, capsys):
    path = tmp_path / "prod.gif"
    command = f"train prod --epochs 40 --optimizer sgd --lr 1e12 --film {path}"
    assert main(command.split()) == 1
    assert "no film: training diverged" in capsys.readouterr().err
    assert not path.exists()


def test_where_json_is_printed_a_film_is_told_elsewhere(tmp_path, capsys):
    path = tmp_path / "xor.gif"
    assert main([*FILM.split(), str(path), "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["dims"] == [2, 2, 1]
    assert captured.err == f"film: {path}\n"


def test_of_more_features_two_can_be_drawn(tmp_path, capsys):
    data, rng = tmp_path / "four.csv", np.random.default_rng(0)
    np.savetxt(data, np.column_stack([rng.normal(size=(40, 4)), np.arange(40) % 2]), delimiter=",")
    film, picture = tmp_path / "four.gif", tmp_path / "four.png"
    command = ["train", str(data), "--dims", "2", "--epochs", "1", "--features", "3", "1"]
    assert main([*command, "--film", str(film), "--plot", str(picture)]) == 0
    assert film.exists()
    assert picture.exists()
    assert main(["train", str(data), "--epochs", "1", "--plot", str(picture)]) == 0
    assert main(["train", str(data), "--film", str(film), "--features", "3", "9"]) == 2
    assert "features must be two different indices" in capsys.readouterr().err


def test_json_is_all_that_is_printed_and_holds_the_recipe(tmp_path, capsys):
    options = "--dims 4 3 --lr 0.02 --epochs 2 --batch-size 50 --seed 3 --n-samples 100 --nesterov"
    options += " --optimizer sgd --momentum 0.9 --json --plot"
    assert main(["train", "prod", *options.split(), str(tmp_path / "prod.svg")]) == 0
    results = json.loads(capsys.readouterr().out)
    assert results["dims"] == [2, 4, 3, 1]
    assert results["seed"] == 3
    assert results["n_samples"] == 100
    assert results["recipe"] == vars(
        Recipe((4, 3), lr=0.02, epochs=2, batch_size=50, optimizer="sgd", momentum=0.9)
    ) | {
        "dims": [4, 3],
        "betas": [0.9, 0.999],
        "nesterov": True,
        "schedule": results["recipe"]["schedule"],
        "activation": results["recipe"]["activation"],
    }


def test_a_csv_file_is_data(tmp_path, capsys):
    path = tmp_path / "points.csv"
    path.write_text("a,b,label\n" + "0.5,1,yes\n-0.5,1,no\n" * 20)
    assert main(["train", str(path), "--epochs", "2"]) == 0
    assert "TrainFCNN('points'): 2-" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("train xro", "unknown dataset 'xro': did you mean 'xor'?"),
        ("train xor --activation rely", "unknown activation 'rely': did you mean 'relu'?"),
        ("train xor --lr 0", "lr must be a number greater than 0, got 0.0"),
        ("train xor --dims 0", "dims must be layer sizes"),
        ("train xor --device cuda:99", "device 'cuda:99' is not there"),
        ("train nothing.csv", "there is no file 'nothing.csv'"),
        ("train xor --plot picture.xyz", "got 'picture.xyz': try 'picture.png'"),
        ("train xor --plot nowhere/picture.png", "no folder 'nowhere'"),
        ("train xor --film xor.gfi", "unknown film ending '.gfi': did you mean '.gif'?"),
        ("train xor --film nowhere/xor.gif", "no folder 'nowhere'"),
        ("train xor --features 0 9", "features must be two different indices from 0 to 1"),
        ("train xor --film xor.gif --features 0 2", "features must be two different indices from"),
        ("train xor --plot xor.png --features 1 1", "got [1, 1]: try features=(0, 1)"),
        ("train digits --film digits.gif", "got the 64 pixels of 'digits'"),
    ],
)
def test_bad_input_is_one_line_and_exit_status_2(arguments, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments.split()) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert captured.err.startswith("trainfcnn: error: ")
    assert message in captured.err
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_cannot_be_drawn_is_refused_before_training(tmp_path, capsys):
    path = tmp_path / "three.csv"
    path.write_text("1,2,3,0\n4,5,7,1\n" * 20)
    command = ["train", str(path), "--plot", str(tmp_path / "three.png"), "--features", "0", "3"]
    assert main(command) == 2
    captured = capsys.readouterr()
    assert "indices from 0 to 2, got" in captured.err
    assert captured.out == ""
    assert list(tmp_path.iterdir()) == [path]


def test_a_diverged_training_is_exit_status_1_with_a_warning_and_valid_json(capsys):
    assert (
        main(["train", "prod", "--optimizer", "sgd", "--lr", "1e9", "--epochs", "3", "--json"]) == 1
    )
    captured = capsys.readouterr()
    assert json.loads(captured.out)["loss"] is None
    assert "trainfcnn: warning: training diverged" in captured.err


def test_an_unknown_command_names_the_known_ones(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["trian"])
    assert caught.value.code == 2
    assert "'list', 'train'" in capsys.readouterr().err


KNOWN_OPTIONS = {
    "--learning-rate .1": "--lr", "--learning-rate=.1": "--lr", "--n-epochs 3": "--epochs",
    "--hidden-layer-sizes 3 4": "--dims", "--batchSize 3": "--batch-size",
    "--nb-pnt 9": "--n-samples",
    "--early-stopping": "--validation and --patience", "--random-state 1": "--seed",
    "--solver sgd": "--optimizer", "--dropuot .1": "--dropout",
}  # fmt: skip


@pytest.mark.parametrize("command", ["train", "sweep"])
@pytest.mark.parametrize("typed", KNOWN_OPTIONS)
def test_an_option_from_elsewhere_is_answered_in_one_line_with_the_one_from_here(
    typed, command, capsys
):
    for arguments in ([command, "xor", *typed.split()], [command, *typed.split(), "xor"]):
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == 2
        told = f"unknown option {typed.split()[0]!r}: did you mean {KNOWN_OPTIONS[typed]}?"
        assert capsys.readouterr() == ("", f"trainfcnn: error: {told}\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("train xor --zzz", "unknown argument '--zzz': see trainfcnn train --help"),
        ("train xor and", "unknown argument 'and': see trainfcnn train --help"),
        ("sweep xor --restarts 3", "'--restarts' is for train: did you mean --seeds?"),
        ("train xor --lr high", "argument --lr: invalid float value: 'high': see trainfcnn train"),
        ("train xor --dims 2,a", "whole numbers, as in 8 or 16-16, or none, got '2,a'"),
        ("sweep xor --dims x", "layers must be whole numbers, as in 8 or 16-16, or none, got 'x'"),
        ("list foo", "invalid choice: 'foo'"),
        ("train", "the following arguments are required: dataset: see trainfcnn train --help"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_no_page_of_usage(arguments, told, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments.split())
    assert caught.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert told in captured.err


@pytest.mark.parametrize(
    ("typed", "layers"),
    [
        *(("2 4", [2, 4]), ("2,4", [2, 4]), ("2-4", [2, 4]), ("8-8", [8, 8]), ("8", [8])),
        *(("2,4 3", [2, 4, 3]), ("none", []), ("", [])),
    ],
)
def test_layers_of_a_training_are_taken_however_they_are_written(typed, layers, capsys):
    command = f"train xor --n-samples 40 --epochs 1 --json --dims {typed}"
    assert main(command.split()) == 0
    assert json.loads(capsys.readouterr().out)["dims"] == [2, *layers, 1]


@pytest.mark.parametrize(
    ("typed", "networks"),
    [
        *(("2 4", ["2", "4"]), ("2,4 3", ["2-4", "3"]), ("8-8 none", ["8-8", "none"])),
        *(("2,4", ["2-4"]), ("2-4", ["2-4"]), ("none", ["none"]), ("8", ["8"])),
    ],
)
def test_layers_of_a_sweep_are_one_network_a_word(typed, networks, tmp_path, capsys):
    rows = tmp_path / "rows.csv"
    command = f"sweep xor --n-samples 40 --epochs 1 --csv {rows} --dims {typed}"
    assert main(command.split()) == 0
    with rows.open(newline="") as file:
        records = list(csv.DictReader(file))
    assert [record["dims"] for record in records] == networks


@pytest.mark.parametrize("command", ["train", "sweep"])
def test_what_is_piped_in_is_data(command, capsys, monkeypatch):
    rows = b"a,b,label\n" + b"0.5,1,yes\n-0.5,1,no\n" * 20
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(rows)))
    assert main([command, "-", "--epochs", "2"]) == 0
    assert "('stdin'): " in capsys.readouterr().out


def test_what_is_piped_in_and_no_data_is_told_by_that_name(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"a,b\n1,x,3\n")))
    assert main(["train", "-"]) == 2
    assert capsys.readouterr().err.startswith("trainfcnn: error: 'stdin' must hold a column of")


def test_help_needs_neither_torch_nor_matplotlib():
    code = (
        "import sys; from trainfcnn.cli import main\n"
        "try: main(['train', '--help'])\n"
        "except SystemExit: pass\n"
        "assert not {'torch', 'matplotlib', 'numpy'} & set(sys.modules), 'heavy'"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "--batch-size" in done.stdout


def test_the_package_runs_as_a_module():
    command = [sys.executable, "-m", "trainfcnn", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"trainfcnn {__version__}\n"


def test_a_sweep_prints_a_table_and_saves_rows_and_a_picture(tmp_path, capsys):
    rows, picture = tmp_path / "rows.csv", tmp_path / "sweep.png"
    options = (
        "--dims 2 4-3 none --lr 0.01 0.1 --activation tanh --seeds 2 --epochs 2 --n-samples 50"
    )
    command = ["sweep", "xor", *options.split(), "--csv", str(rows), "--plot", str(picture)]
    assert main(command) == 0
    out = capsys.readouterr().out
    assert out.split()[:6] == ["dims", "lr", "networks", "worst", "median", "best"]
    assert "Sweep('xor'): 12 networks, varied: dims, lr" in out
    with rows.open(newline="") as file:
        records = list(csv.DictReader(file))
    assert [record["dims"] for record in records] == ["2"] * 4 + ["4-3"] * 4 + ["none"] * 4
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rows.csv", "sweep.png"]


def test_a_sweep_of_one_combination_is_drawn_as_losses(tmp_path, capsys):
    picture = tmp_path / "sweep.png"
    assert main(["sweep", "prod", "--seeds", "3", "--epochs", "2", "--plot", str(picture)]) == 0
    assert picture.exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("--lr -1 1", "lr must be a number greater than 0, got -1.0"),
        ("--activation rely tanh", "'rely': did you mean 'relu'"),
        ("--seeds 0", "seeds must be 1 or more"),
        ("--folds 1", "folds must be an integer of 2 or more"),
        ("--csv nowhere/rows.csv", "there is no folder 'nowhere'"),
    ],
)
def test_a_mistake_in_a_sweep_is_one_line_and_status_2(options, told, capsys):
    assert main(["sweep", "xor", *options.split()]) == 2
    assert told in capsys.readouterr().err


def test_the_list_shows_what_is_recommended_for_each_data_set(capsys):
    assert main(["list"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert lines["xor"].endswith("16-16 relu, adam lr=0.01 cosine, 100 epochs")
    assert lines["mnist"].endswith("decay 0.1, batch 256, dropout 0.3")


def test_what_is_recommended_is_kept_if_asked_for(capsys):
    command = "train xor --n-samples 40 --lr 0.02 --json"
    kept = []
    for extra in [], ["--recommended"]:
        assert main([*command.split(), *extra]) == 0
        kept.append(json.loads(capsys.readouterr().out)["recipe"])
    assert [(one["schedule"], one["epochs"]) for one in kept] == [
        ("cooldown", 200),
        ("cosine", 100),
    ]
    sweep = "sweep xor --n-samples 40 --lr 0.02 0.03 --epochs 1 --recommended"
    assert main(sweep.split()) == 0
    assert "all with schedule cosine" in capsys.readouterr().out


def test_verbose_lines_stay_out_of_json(capsys):
    assert main(["train", "xor", "--n-samples", "40", "--epochs", "2", "--verbose", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["epochs"] == 2
    assert [line[:9] for line in err.splitlines()] == ["epoch 1/2", "epoch 2/2"]


@pytest.mark.parametrize(
    "option", ["--dropout none", "--schedule none", "--betas none", "--init none"]
)
def test_none_takes_a_setting_off_in_a_shell_too(option, capsys):
    command = f"train xor --n-samples 40 --epochs 1 --json {option}"
    assert main(command.split()) == 0
    name = option.split()[0].removeprefix("--")
    found = json.loads(capsys.readouterr().out)["recipe"][name]
    assert found in (DEFAULTS[name], list(DEFAULTS["betas"]))


PENGUINS = "species,mass,island\n" + "Adelie,3750,Dream\nGentoo,NA,Biscoe\nGentoo,5000,Dream\n" * 20


def test_the_columns_of_a_table_are_chosen_in_a_shell(tmp_path, capsys):
    path = tmp_path / "penguins.csv"
    path.write_text(PENGUINS)
    command = ["train", str(path), "--target", "species", "--epochs", "1"]
    assert main(command) == 2
    assert "got 'NA' in line 3: try missing='drop'" in capsys.readouterr().err
    assert main([*command, "--missing", "drop"]) == 0
    assert "20 rows with missing cells dropped]" in capsys.readouterr().out
    assert main([*command, "--drop", "mass"]) == 0
    assert "1 indicator of 'island'" in capsys.readouterr().out
    assert main(["sweep", *command[1:-2], "--drop", "mass", "--seeds", "2", "--epochs", "1"]) == 0
    assert main([*command, "--missing", "drop", "--target", "9"]) == 2
    assert "target must be the place of a column" in capsys.readouterr().err


def test_several_targets_are_named_one_by_one_and_predicted_side_by_side(tmp_path, capsys):
    path = tmp_path / "points.csv"
    path.write_text("u,v,a,b\n" + "".join(f"{n},{n % 7},{n * n},{-n}\n" for n in range(40)))
    network = tmp_path / "network.safetensors"
    command = ["train", "--target", "a", "--target", "b", str(path), "--epochs", "2"]
    assert main([*command, "--save", str(network)]) == 0
    assert "targets 'a', 'b'" in capsys.readouterr().out
    rows = tmp_path / "rows.csv"
    rows.write_text("u,v\n1,1\n2,2\n")
    assert main(["predict", str(network), str(rows)]) == 0
    assert [line.count(",") for line in capsys.readouterr().out.split()] == [1, 1]


def test_a_table_that_is_piped_in_may_be_packed_and_is_called_stdin(monkeypatch, capsys):
    for text, status in ((PENGUINS, 2), (PENGUINS.replace("NA", "4000"), 0)):
        packed = BytesIO(gzip.compress(text.encode()))
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=packed))
        assert main(["train", "-", "--target", "species", "--epochs", "1"]) == status
    out, err = capsys.readouterr()
    assert "error: 'stdin' must hold no missing cells in column 'mass'" in err
    assert "TrainFCNN('stdin')" in out


def test_features_are_named_in_a_shell(tmp_path, capsys):
    path = tmp_path / "four.csv"
    rng = np.random.default_rng(0)
    rows = "\n".join(",".join(map(str, row)) for row in rng.normal(size=(30, 4)).round(3))
    path.write_text(f"a,b,c,d\n{rows}\n")
    picture = tmp_path / "four.png"
    command = ["train", str(path), "--epochs", "1", "--plot", str(picture), "--features"]
    assert main([*command, "c", "0"]) == 0
    assert picture.exists()
    assert main([*command, "c", "e"]) == 2
    assert "unknown feature 'e'" in capsys.readouterr().err


def test_the_share_of_a_file_that_is_held_out_may_be_said(tmp_path, capsys):
    path = tmp_path / "line.csv"
    path.write_text("".join(f"{i},{2 * i + 0.5}\n" for i in range(40)), "utf-8")
    assert main(["train", str(path), "--epochs", "2", "--test-size", "0.5", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["n_samples"] == 20
    assert main(["train", "xor", "--test-size", "0.5"]) == 2
    assert "test_size is for own arrays and files" in capsys.readouterr().err


def test_the_module_ends_with_the_exit_status():
    command = [sys.executable, "-m", "trainfcnn", "list"]
    told = subprocess.run([*command, "optimizers"], capture_output=True, text=True, check=True)
    assert "adamw" in told.stdout
    assert subprocess.run([*command, "stars"], capture_output=True, check=False).returncode == 2


def test_a_goal_and_a_limit_of_time_end_a_training(capsys):
    goal = "train xor --n-samples 200 --dims 6 --lr 0.05 --until"
    for text in "accuracy >= 90%", "accuracy=0.9":
        assert main([*goal.split(), text, "--json"]) == 0
        results = json.loads(capsys.readouterr().out)
        assert results["ended"] == "reached"
        assert results["recipe"]["until"] == "accuracy >= 0.9"
    assert main([*goal.split(), "none", "--max-seconds", "1e-6"]) == 0
    assert re.search(r"out of time after \d+ of 200 epochs", capsys.readouterr().out)
    assert main([*goal.split(), "accuracy"]) == 2  # what a shell leaves of accuracy>0.9
    err = capsys.readouterr().err
    assert err.startswith("trainfcnn: error: until must be a goal such as 'accuracy >= 0.99', ")
    assert err.count("\n") == 1
    swept = "sweep xor --n-samples 200 --dims 6 --seeds 2 --lr 0.05 --until accuracy=0.9 r2=.9"
    assert main(swept.split()) == 2
    assert "until must be about accuracy or loss" in capsys.readouterr().err
    assert main(swept.replace("r2=.9", "loss=0.1").split()) == 0
    assert "4 reached their goal" in capsys.readouterr().out


def test_a_network_is_saved_as_what_needs_no_trainfcnn(tmp_path, capsys):
    quick = ["train", "xor", "--n-samples", "50", "--dims", "3", "--epochs", "1", "--json"]
    for name in "net.py", "net.onnx":
        path = tmp_path / name
        alone = tmp_path / "alone.py"
        assert main([*quick, "--export", str(path), "--export-numpy", str(alone)]) == 0
        out, err = capsys.readouterr()
        assert json.loads(out)["test_loss"] > 0
        assert err == f"network: {path}\nnetwork: {alone}\n"
        assert "import numpy" in alone.read_text()
        assert path.stat().st_size > 200
    assert "nn.Module" in (tmp_path / "net.py").read_text()


@pytest.mark.parametrize(
    ("option", "name", "told"),
    [
        ("--export", "net.pt", "the file must end in .py or .onnx, got 'net.pt': try 'net.py'"),
        ("--export-numpy", "net.onnx", "the file must end in .py, got 'net.onnx': try 'net.py'"),
        ("--export", "nowhere/net.py", "there is no folder "),
    ],
)
def test_what_cannot_be_exported_is_refused_before_the_training(
    option, name, told, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(TrainFCNN, "train", lambda *args, **options: 1 / 0)
    assert main(["train", "xor", option, str(tmp_path / name)]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"trainfcnn: error: {told}")
    assert err.count("\n") == 1


# --- files ---


def test_what_is_saved_predicts_the_rows_of_a_file(tmp_path, capsys):
    network = tmp_path / "xor.safetensors"
    assert main(["train", "xor", "--epochs", "50", "--save", str(network)]) == 0
    assert f"network: {network}" in capsys.readouterr().out
    named = tmp_path / "points.csv"
    named.write_text("x2,x1\n1,1\n-1,1\n1,-1.5\n")
    assert main(["predict", str(network), str(named)]) == 0
    assert capsys.readouterr().out.split() == ["1", "0", "0"]
    named.write_text("1,1\n-1,1\n1.5,-1\n")
    assert main(["predict", str(network), str(named)]) == 0
    assert capsys.readouterr().out.split() == ["1", "0", "0"]


def test_a_training_is_gone_on_with_in_a_shell(tmp_path, capsys):
    run = tmp_path / "run.safetensors"
    command = ["train", "xor", "--epochs", "20", "--checkpoint", str(run)]
    assert main([*command, "--checkpoint-every", "2s"]) == 0
    first = capsys.readouterr().out
    again = tmp_path / "again.safetensors"
    assert main(["resume", str(run), "--save", str(again)]) == 0
    assert capsys.readouterr().out == f"{first}network: {again}\n"
    assert main(["resume", str(run), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["epochs"] == 20


def test_a_saved_network_is_a_start_in_a_shell(tmp_path, capsys):
    network = tmp_path / "xor.safetensors"
    main(["train", "xor", "--dims", "5", "--epochs", "20", "--save", str(network)])
    capsys.readouterr()
    assert main(["train", "xor", "--start", str(network), "--epochs", "1"]) == 0
    assert "2-5-1" in capsys.readouterr().out


def test_a_sweep_is_kept_and_saved_in_a_shell(tmp_path, capsys):
    command = ["sweep", "xor", "--dims", "2", "3", "--epochs", "2", "--checkpoint"]
    file = tmp_path / "sweep.safetensors"
    assert main([*command, str(tmp_path / "kept"), "--save", str(file)]) == 0
    assert f"networks: {file}" in capsys.readouterr().out
    assert len(list((tmp_path / "kept").iterdir())) == 1


@pytest.mark.parametrize("command", ["predict", "resume"])
def test_a_file_that_is_no_network_is_one_line_and_status_2(command, tmp_path, capsys):
    file = tmp_path / "file.safetensors"
    file.write_text("hello")
    assert main([command, str(file), *["rows.csv"] * (command == "predict")]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"trainfcnn: error: {str(file)!r} cannot be used: ")
    assert told.count("\n") == 1
